// Shows what the shell says about this window. The shell's commands answer this bundled page
// only; the board that takes its place has none.

const invoke = (command, args) => window.__TAURI_INTERNALS__.invoke(command, args);
const sections = [...document.querySelectorAll("main > section")];

const lines = {
  starting: ({ tries }) =>
    tries === 0 ? "Starting…" : `The server ended. Starting it again, try ${tries + 1} of 5…`,
  stopped: ({ reason }) => `${reason} MeshPilot started it five times and has stopped trying.`,
  welcome: () => "",
};

function show(situation) {
  for (const section of sections) section.hidden = section.id !== situation.kind;
  const section = document.getElementById(situation.kind);
  const texts = {
    line: lines[situation.kind](situation),
    path: situation.path ?? "",
    log: situation.log?.join("\n") ?? "",
  };
  for (const element of section.querySelectorAll("[data-text]")) {
    element.textContent = texts[element.dataset.text];
  }
  const figure = section.querySelector("figure");
  if (figure) {
    figure.hidden = texts.log === "";
    const log = figure.querySelector("pre");
    log.scrollTop = log.scrollHeight;
  }
  showRecent(situation.recent ?? []);
  if (situation.kind !== "starting") section.querySelector("button.primary").focus();
}

function showRecent(projects) {
  const recent = document.getElementById("recent");
  recent.hidden = projects.length === 0;
  recent.querySelector("ul").replaceChildren(
    ...projects.map(({ name, path }, index) => {
      const button = document.createElement("button");
      const where = document.createElement("span");
      where.textContent = path;
      button.append(name, where);
      button.addEventListener("click", () => invoke("open_recent", { index }));
      const item = document.createElement("li");
      item.append(button);
      return item;
    }),
  );
}

for (const button of document.querySelectorAll("[data-command]")) {
  button.addEventListener("click", () => invoke(button.dataset.command));
}

// Each answer comes when something has changed since the one before.
let seen = 0;
for (;;) {
  const { seq, situation } = await invoke("situation", { seen });
  seen = seq;
  show(situation);
}
