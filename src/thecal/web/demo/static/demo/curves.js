// The curves: fetched after the page, drawn as small panels, and said again in a table.
// Hue and dash say which program (today's or the proposed one); the panel says which quantity.
import { panelOptions, panelData, readout } from "./panel.js";

const board = document.querySelector("[data-curves]");
const plots = new Map();
let shown = null;
let pending = null;

function say(text, { busy = false, failed = false } = {}) {
  const line = board.querySelector("[data-curves-state]");
  line.textContent = text;
  line.classList.toggle("error", failed);
  line.parentElement.classList.toggle("quiet", !busy && !failed);
  board.setAttribute("aria-busy", String(busy));
  board.querySelector("[data-curves-again]").hidden = !failed;
}

function figureOf(panel) {
  const known = board.querySelector(`[data-panel="${panel.key}"]`);
  if (known) return known;
  const made = board.querySelector("template").content.cloneNode(true).firstElementChild;
  made.dataset.panel = panel.key;
  made.classList.toggle("wide", panel.group === "pump rate");
  made.querySelector("[data-title]").textContent = panel.title;
  made.querySelector("[data-unit]").textContent = panel.unit;
  board.querySelector("[data-panels]").append(made);
  return made;
}

function drawPanel(panel, curves) {
  const figure = figureOf(panel);
  const place = figure.querySelector("[data-plot]");
  const line = figure.querySelector("[data-readout]");
  plots.get(panel.key)?.destroy();
  const tell = (at) => {
    line.textContent = readout(panel, curves, at);
  };
  const options = panelOptions(panel, curves, { width: place.clientWidth, tell });
  plots.set(panel.key, new uPlot(options, panelData(panel, curves), place));
  tell(null);
}

function cell(kind, text, scope) {
  const made = document.createElement(kind);
  made.textContent = text;
  if (scope) made.scope = scope;
  return made;
}

function fillTable(table) {
  const head = board.querySelector("[data-table-head]");
  const body = board.querySelector("[data-table-body]");
  head.replaceChildren(...table.columns.map((name) => cell("th", name, "col")));
  body.replaceChildren(
    ...table.rows.map((row) => {
      const line = document.createElement("tr");
      line.append(cell("th", row.what, "row"), ...row.cells.map((text) => cell("td", text)));
      return line;
    }),
  );
}

function show(curves) {
  shown = curves;
  const proposed = curves.panels.some((panel) => panel.proposed);
  board.classList.toggle("with-proposal", proposed);
  for (const panel of curves.panels) drawPanel(panel, curves);
  fillTable(curves.table);
  listEvents(curves.events);
  say(proposed ? "Today's program and the proposed one." : "Today's program.");
}

function listEvents(events) {
  board.querySelector("[data-event-key]").hidden = events.length === 0;
  const list = board.querySelector("[data-events]");
  list.replaceChildren(...events.map(({ when, what }) => cell("li", `${when}: ${what}`)));
}

async function loadToday() {
  pending?.abort();
  const mine = (pending = new AbortController());
  say("Computing the curves…", { busy: true });
  try {
    const answer = await fetch(board.dataset.curves, { signal: mine.signal });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    show(await answer.json());
  } catch (error) {
    if (mine.signal.aborted) return;
    say(`The curves could not be computed: ${error.message}. Nothing else is affected.`, { failed: true });
  }
}

// A preview brings its curves along with its words.
function showProposed() {
  const brought = document.getElementById("proposed-curves");
  if (!brought) return false;
  pending?.abort();
  show(JSON.parse(brought.textContent));
  return true;
}

if (board) {
  new ResizeObserver(() => {
    for (const [key, plot] of plots) {
      const width = board.querySelector(`[data-panel="${key}"] [data-plot]`).clientWidth;
      if (width && width !== plot.width) plot.setSize({ width, height: plot.height });
    }
  }).observe(board);
  board.querySelector("[data-curves-again]").addEventListener("click", loadToday);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "preview" || showProposed()) return;
    if (!shown || shown.panels.some((panel) => panel.proposed)) loadToday();
  });
  if (!showProposed()) loadToday();
}
