// The player: moves one clock through a play that the server has worked out and written down.
const board = document.querySelector("[data-play]");
const play = JSON.parse(document.getElementById("play").textContent);
const find = (name, within = board) => within.querySelector(`[data-${name}]`);
const slider = find("slider");
const toggle = find("toggle");
const moments = [...document.querySelectorAll("[data-moment]")];
const audible = "AudioContext" in window;
let running = null;
let told = -1;

// The last of some rows, in order, that begins at or before a time.
const latest = (rows, at, begins) => rows.findLast((row) => begins(row) <= at) ?? rows[0];

function showPump(panel, side, stop, at) {
  const look = latest(side.looks, at, (one) => one.from);
  const gravest = look.alarms[0];
  find("state", panel).textContent = `${look.state}.`;
  for (const name of ["believed", "tip"]) {
    find(name, panel).textContent = latest(side[name], at, ([from]) => from)[1];
  }
  for (const name of ["level", "signal"]) find(name, panel).textContent = side[name][stop];
  find("program", panel).textContent = look.program;
  const alarms = find("alarms", panel);
  alarms.textContent = look.alarms.map(([alarm, kind]) => `${alarm} (${kind})`).join(", ") || "none";
  alarms.classList.toggle("alarming", Boolean(gravest));
  const button = panel.querySelector("[data-tone-of]");
  button.dataset.tone = look.alarms.some(([, kind]) => kind === "critical") ? "critical" : (gravest?.[1] ?? "");
  button.hidden = !audible || !gravest;
}

// Say what happened when a moment of the timeline is reached, and mark it there.
function tell(stop) {
  const reached = play.moments.findLastIndex((moment) => moment <= stop);
  if (reached === told) return;
  told = reached;
  for (const [number, moment] of moments.entries()) {
    if (number === reached) moment.setAttribute("aria-current", "step");
    else moment.removeAttribute("aria-current");
  }
  const words = (all) => [...all].map((one) => one.textContent.trim()).join(" ");
  const now = moments[reached];
  const sides = [...now.querySelectorAll("[data-side]")].map((side) => [
    words(side.querySelectorAll(".label")),
    words(side.querySelectorAll("li")),
  ]);
  const said = sides.filter(([, what]) => what).map(([who, what]) => `${who}: ${what}`);
  find("happened").textContent = [`${words(now.querySelectorAll("h3"))}.`, words(now.querySelectorAll(".done")), ...said].join(" ");
}

function show(stop) {
  const at = play.stops[stop];
  slider.value = stop;
  slider.setAttribute("aria-valuetext", play.clock[stop]);
  find("clock").textContent = play.clock[stop];
  for (const line of document.querySelectorAll("[data-now]")) {
    const x = (at / play.lasts) * line.ownerSVGElement.viewBox.baseVal.width;
    line.setAttribute("x1", x);
    line.setAttribute("x2", x);
  }
  for (const [profile, side] of Object.entries(play.sides)) {
    showPump(board.querySelector(`[data-pump=${profile}]`), side, stop, at);
  }
  tell(stop);
}

function halt() {
  if (running !== null) cancelAnimationFrame(running);
  running = null;
  toggle.textContent = "Start";
}

function run() {
  const last = play.stops.length - 1;
  if (Number(slider.value) === last) show(0);
  let before = null;
  let at = play.stops[slider.value];
  toggle.textContent = "Pause";
  const frame = (now) => {
    if (before !== null) at += ((now - before) / 1000) * (play.lasts / Number(find("speed").value));
    before = now;
    const stop = play.stops.findLastIndex((one) => one <= at);
    if (stop !== Number(slider.value)) show(stop);
    if (stop === last) halt();
    else running = requestAnimationFrame(frame);
  };
  running = requestAnimationFrame(frame);
}

toggle.addEventListener("click", () => (running === null ? run() : halt()));
slider.addEventListener("input", () => {
  halt();
  show(Number(slider.value));
});
for (const button of board.querySelectorAll("[data-step]")) {
  button.addEventListener("click", () => {
    halt();
    const here = Number(slider.value);
    const wanted =
      button.dataset.step === "1"
        ? play.moments.find((moment) => moment > here)
        : play.moments.findLast((moment) => moment < here);
    if (wanted !== undefined) show(wanted);
  });
}

slider.max = play.stops.length - 1;
find("player").hidden = false;
find("pumps").hidden = false;
board.classList.add("playable");
show(0);
