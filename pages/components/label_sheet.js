/* What a labeller says of one task: every key answers at once here, the server hears the whole. */
export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".cw-sheet");
  const isNew = root.held?.task !== data.task;
  if (isNew) {
    const shown = root.held !== undefined;
    root.held = { task: data.task, scores: { ...data.scores }, choice: data.choice, note: data.note, at: 0, told: "" };
    if (shown) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  }
  const held = root.held;
  let sent = false;
  const pairwise = data.kind === "pairwise";
  const ids = data.criteria.map((criterion) => criterion.id);
  const isScored = (id) => Object.hasOwn(held.scores, id);
  const missing = () => (pairwise ? held.choice === null : ids.some((id) => !isScored(id)));
  if (isNew) held.at = Math.max(0, ids.findIndex((id) => !isScored(id)));

  const make = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const key = (label) => make("kbd", "", label);
  const button = (className, text, act) => {
    const made = make("button", className, text);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };

  const send = (said) => {
    if (sent) return;
    sent = true;
    root.setAttribute("aria-busy", "true");
    setTriggerValue("said", { task: data.task, note: held.note, scores: {}, choice: null, action: "say", ...said });
  };
  const next = () => {
    if (missing()) {
      if (!pairwise) held.at = ids.findIndex((id) => !isScored(id));
      held.told = pairwise ? "Choose an answer first, or skip." : "Score every criterion first, or press X where you cannot tell.";
      draw();
      return;
    }
    send(pairwise ? { choice: held.choice } : { scores: held.scores });
  };
  const skip = () => send({ action: "skip" });
  const undo = () => data.can_undo && send({ action: "undo" });
  const score = (index, value) => {
    held.scores[ids[index]] = value;
    held.at = Math.min(index + 1, ids.length - 1);
    held.told = "";
    draw();
  };
  const choose = (choice) => {
    held.choice = choice;
    held.told = "";
    draw();
  };

  const criterion = (each, index) => {
    const row = make("div", index === held.at ? "row now" : "row");
    const head = make("div", "head");
    head.append(make("b", "", each.name));
    const value = held.scores[each.id];
    head.append(make("span", "m", isScored(each.id) ? (value === null ? "cannot tell" : String(value)) : "—"));
    head.addEventListener("click", () => ((held.at = index), draw()));
    const scale = make("div", "scale");
    scale.setAttribute("role", "radiogroup");
    scale.setAttribute("aria-label", each.name);
    const values = [...data.scale, null];
    for (const one of values) {
      const chosen = isScored(each.id) && value === one;
      const pick = button("", one === null ? "?" : String(one), () => score(index, one));
      pick.setAttribute("role", "radio");
      pick.setAttribute("aria-checked", String(chosen));
      pick.setAttribute("aria-label", one === null ? `${each.name}: cannot tell` : `${each.name}: ${one}`);
      pick.tabIndex = chosen || (!isScored(each.id) && one === values[0]) ? 0 : -1;
      scale.append(pick);
    }
    row.append(head);
    if (index === held.at) {
      row.append(make("p", "s m", each.description));
      const levels = make("dl", "levels");
      for (const [level, words] of each.levels) levels.append(make("dt", "", String(level)), make("dd", "", words));
      row.append(levels);
    }
    row.append(scale);
    return row;
  };
  const choices = () => {
    const group = make("div", "choices");
    group.setAttribute("role", "radiogroup");
    group.setAttribute("aria-label", "Which answer is better?");
    for (const [choice, label, digit] of data.choices) {
      const pick = button("", "", () => choose(choice));
      pick.append(key(digit), make("span", "", label));
      pick.setAttribute("role", "radio");
      pick.setAttribute("aria-checked", String(held.choice === choice));
      group.append(pick);
    }
    const points = make("details");
    points.append(make("summary", "", "What to go by"));
    for (const each of data.criteria) {
      const point = make("p", "s");
      point.append(make("b", "", `${each.name}. `), make("span", "m", each.description));
      points.append(point);
    }
    return [group, points];
  };
  const noteField = () => {
    const label = make("label", "note");
    label.append(make("span", "m s", "Note (N; Esc leaves it)"));
    const field = make("textarea");
    field.rows = 2;
    field.maxLength = 5000;
    field.value = held.note;
    field.addEventListener("input", () => (held.note = field.value));
    label.append(field);
    return label;
  };
  const actions = () => {
    const row = make("div", "actions");
    const save = button("primary", "", next);
    save.append(make("span", "", "Next"), key("Enter"));
    const pass = button("", "", skip);
    pass.append(make("span", "", "Skip"), key("S"));
    const back = button("", "", undo);
    back.append(make("span", "", "Undo last"), key("U"));
    back.disabled = !data.can_undo;
    row.append(save, pass, back);
    return row;
  };

  function draw() {
    const inside = root.contains(document.activeElement) ? document.activeElement : null;
    const writing = inside?.tagName === "TEXTAREA" ? [inside.selectionStart, inside.selectionEnd] : null;
    const focused = inside?.getAttribute("aria-label");
    const told = make("p", "told", held.told);
    told.setAttribute("role", "status");
    const keys = pairwise ? "1 left, 2 right, 0 no difference" : data.keys;
    root.replaceChildren(
      ...(pairwise ? choices() : data.criteria.map(criterion)),
      noteField(),
      told,
      actions(),
      make("p", "s m keys", keys),
    );
    if (writing) {
      const field = root.querySelector("textarea");
      field.focus();
      field.setSelectionRange(...writing);
    } else if (focused) {
      [...root.querySelectorAll("button")].find((each) => each.getAttribute("aria-label") === focused)?.focus();
    }
  }

  const digitPressed = (digit) => {
    if (pairwise) {
      const found = data.choices.find(([, , name]) => name === digit);
      if (found) choose(found[0]);
      return Boolean(found);
    }
    const value = digit === "0" && !data.scale.includes(0) ? 10 : Number(digit);
    if (data.scale.includes(value)) score(held.at, value);
    return data.scale.includes(value);
  };
  const move = (by) => {
    held.at = Math.min(Math.max(held.at + by, 0), Math.max(ids.length - 1, 0));
    draw();
    return true;
  };
  const letters = {
    s: () => (skip(), true),
    u: () => (undo(), true),
    n: () => (root.querySelector("textarea").focus(), true),
    x: () => !pairwise && (score(held.at, null), true),
    j: () => !pairwise && move(1),
    k: () => !pairwise && move(-1),
  };
  const pressed = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    const target = event.composedPath()[0];
    if (target.matches?.("input, textarea, select, [contenteditable='true'], [role='option'], [role='combobox']")) {
      if (event.key === "Escape" && root.contains(target)) target.blur();
      return;
    }
    if (document.querySelector('[role="dialog"]') || sent) return;
    let done = false;
    if (event.key === "Enter") {
      const other = target.closest?.("button, a, summary, [role='button']");
      if (other && other.getAttribute("role") !== "radio") return;
      next();
      done = true;
    } else if (/^[0-9]$/.test(event.key)) {
      done = digitPressed(event.key);
    } else {
      done = letters[event.key.toLowerCase()]?.() ?? false;
    }
    if (done) event.preventDefault();
  };

  root.setAttribute("aria-busy", "false");
  draw();
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
