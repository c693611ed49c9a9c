// One panel: a quantity over two weeks, today's program and the proposed one, with bands and the line "now".
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();
const FONT = `12px ${colour("--sans") || "sans-serif"}`;
const DAY = 86400;
// Of a modelled concentration, the least that is worth a number.
const LEAST = 0.1;
const TODAY = { colour: colour("--today"), dash: [] };
const PROPOSED = { colour: colour("--proposed"), dash: [7, 4] };
const NOTHING = { scale: "y", show: true, stroke: "transparent", width: 0, points: { show: false } };

export function panelData(panel, curves) {
  const rows = [curves.times];
  for (const line of [panel.today, panel.proposed]) {
    if (!line) continue;
    if (line.low) rows.push(line.low, line.high);
    rows.push(line.mid);
  }
  return rows;
}

function lines(panel) {
  const series = [{}];
  const bands = [];
  for (const [line, look] of [[panel.today, TODAY], [panel.proposed, PROPOSED]]) {
    if (!line) continue;
    if (line.low) {
      series.push({ ...NOTHING }, { ...NOTHING });
      bands.push({ series: [series.length - 1, series.length - 2], fill: `${look.colour}26` });
    }
    const stroke = { scale: "y", stroke: look.colour, dash: look.dash, width: 2, points: { show: false } };
    if (panel.group === "pump rate") stroke.paths = uPlot.paths.stepped({ align: 1 });
    series.push(stroke);
  }
  return { series, bands };
}

function markNow(plot, now) {
  const x = Math.round(plot.valToPos(now, "x", true));
  const { top, height, left } = plot.bbox;
  const pen = plot.ctx;
  pen.save();
  pen.fillStyle = "rgb(20 35 45 / 5%)";
  pen.fillRect(left, top, x - left, height);
  pen.strokeStyle = colour("--ink");
  pen.lineWidth = 1.5 * devicePixelRatio;
  pen.setLineDash([]);
  pen.beginPath();
  pen.moveTo(x, top);
  pen.lineTo(x, top + height);
  pen.stroke();
  pen.restore();
}

// The dose was changed here: a dotted line with a mark at its foot.
function markEvents(plot, events) {
  const { top, height } = plot.bbox;
  const pen = plot.ctx;
  pen.save();
  pen.strokeStyle = pen.fillStyle = colour("--ink-soft");
  pen.lineWidth = devicePixelRatio;
  pen.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const { time } of events) {
    const x = Math.round(plot.valToPos(time, "x", true));
    const size = 4 * devicePixelRatio;
    pen.beginPath();
    pen.moveTo(x, top);
    pen.lineTo(x, top + height);
    pen.stroke();
    pen.beginPath();
    pen.moveTo(x - size, top + height);
    pen.lineTo(x + size, top + height);
    pen.lineTo(x, top + height - 2 * size);
    pen.fill();
  }
  pen.restore();
}

function verticalScale(panel) {
  if (panel.group === "tone") return { range: [0.8, 5.2] };
  return { range: (_plot, _low, high) => [0, high > 0 ? high * 1.08 : 1] };
}

export function panelOptions(panel, curves, { width, tell }) {
  const { series, bands } = lines(panel);
  const days = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", timeZone: curves.zone });
  const axis = {
    stroke: colour("--ink-soft"),
    font: FONT,
    grid: { stroke: "#e3e9ec", width: 1 },
    ticks: { stroke: "#c4ced3", width: 1, size: 4 },
  };
  const tone = panel.group === "tone";
  return {
    width,
    height: 120,
    series,
    bands,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), curves.zone),
    legend: { show: false },
    padding: [8, 6, 0, 0],
    scales: { x: { time: true }, y: verticalScale(panel) },
    axes: [
      {
        ...axis,
        size: 28,
        gap: 3,
        space: 54,
        incrs: [DAY, 2 * DAY, 4 * DAY, 7 * DAY],
        values: (_plot, ticks) => ticks.map((tick) => days.format(new Date(tick * 1000))),
      },
      { ...axis, size: 46, gap: 4, space: tone ? 10 : 26, ...(tone && { splits: () => [1, 2, 3, 4, 5] }) },
    ],
    cursor: {
      sync: { key: "bench" },
      drag: { x: false, y: false },
      y: false,
      points: { show: false },
    },
    hooks: {
      drawClear: [(plot) => markNow(plot, curves.now), (plot) => markEvents(plot, curves.events)],
      setCursor: [(plot) => tell(plot.cursor.idx ?? null)],
    },
  };
}

// A model's number is worth two figures, a programmed rate four; a grade is a whole one.
function written(panel, value) {
  if (panel.group === "tone") return String(Math.round(value));
  if (panel.group === "pump rate") return String(Number(value.toPrecision(4)));
  return value > 0 && value < LEAST ? `< ${LEAST}` : String(Number(value.toPrecision(2)));
}

function said(panel, line, at, { band }) {
  const mid = written(panel, line.mid[at]);
  if (!band || !line.low) return mid;
  return `${mid} (${written(panel, line.low[at])} to ${written(panel, line.high[at])})`;
}

// What stands under a panel's title: at the pointer, else now, or over day 7 where two programs are compared.
export function readout(panel, curves, at) {
  const now = curves.times.findIndex((time) => time >= curves.now);
  const other = panel.proposed;
  const grade = panel.group === "tone" ? "grade " : "";
  if (other && at === null) return `Day 7: ${grade}${panel.today.day_7}, proposed ${other.day_7}`;
  const index = at ?? (now < 0 ? curves.times.length - 1 : now);
  const when = at === null ? "Now" : moment(curves, curves.times[index]);
  if (!other || other.mid[index] === null) {
    return `${when}: ${grade}${said(panel, panel.today, index, { band: true })}`;
  }
  const both = [panel.today, other].map((line) => said(panel, line, index, { band: false }));
  return `${when}: ${grade}${both[0]}, proposed ${both[1]}`;
}

function moment(curves, time) {
  return new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: curves.zone,
  }).format(new Date(time * 1000));
}
