"use strict";
// Feeds the table of all rows. Text reaches the page as text nodes only; nothing here parses markup.
(() => {
  const source = document.getElementById("data");
  if (!source) return;
  const data = JSON.parse(source.textContent);
  const say = data.messages;
  const PAGE = 100;
  const [ANCHOR, ITEM, TARGET, VERDICT, SEVERITY, AREA, PHASE, SERVICES, TITLE, TODO, ASKED, SEEN, WHERE, AT, MS, TOOK,
    FINDINGS, WARNINGS, WAIVER, ATTESTATION, NODE] = Array(21).keys();
  const text = (row, field) => (typeof row[field] === "number" ? data.texts[row[field]] : row[field]);
  const services = (row) => row[SERVICES].map((index) => data.texts[index]);
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, data.thousands);
  const fill = (message, values) => message.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const byAnchor = new Map(data.rows.map((row) => [row[ANCHOR], row]));

  const form = document.getElementById("filters");
  const status = document.getElementById("status");
  const table = document.getElementById("results-table");
  const shown = document.getElementById("shown");
  const previous = document.getElementById("previous");
  const next = document.getElementById("next");
  const open = new Set();
  let matching = data.rows;
  let first = 0;
  let sorting = { column: -1, down: false };

  function element(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (key === "class") made.className = value;
      else if (key in made && typeof value !== "string") made[key] = value;
      else made.setAttribute(key, value);
    }
    made.append(...children);
    return made;
  }
  const code = (said) => element("code", {}, said);
  const coded = (said) => said.split(/`([^`\n]+)`/).map((part, place) => (place % 2 ? code(part) : part));
  const verdict = (row) => {
    const [name, label] = data.verdicts[row[VERDICT]];
    return element("span", { class: `verdict verdict--${name.replace(" ", "-")}` }, label);
  };
  const severity = (row) => {
    const [name, label] = data.severities[row[SEVERITY]];
    return element("span", { class: `severity severity--${name}` }, label);
  };

  // Columns: heading, what a cell holds, what it sorts by.
  const columns = [
    [say.verdict, verdict, (row) => row[VERDICT]],
    [say.severity, severity, (row) => row[SEVERITY]],
    [say.item, (row) => element("span", {}, element("b", {}, text(row, ITEM)), " ", text(row, TITLE)), (row) => text(row, ITEM)],
    [say.target, (row) => code(text(row, TARGET)), (row) => text(row, TARGET)],
    [say.service, (row) => services(row).join(", "), (row) => services(row).join(", ")],
    [say.seen, seen, null],
    [say.duration, (row) => text(row, TOOK), (row) => row[MS]],
  ];
  function seen(row) {
    const found = row[FINDINGS].length ? row[FINDINGS] : row[WARNINGS];
    const said = found.length ? found.map(([what, where]) => (where ? `${what} (${where})` : what)).join("; ") : row[SEEN];
    return said.length > 160 ? `${said.slice(0, 160)} …` : said;
  }

  function head() {
    const cells = columns.map(([heading, , key], column) => {
      if (!key) return element("th", { scope: "col" }, heading);
      const button = element("button", { type: "button", title: fill(say.sort, { column: heading }) }, heading);
      button.addEventListener("click", () => sortBy(column));
      const ways = { "aria-sort": sorting.down ? "descending" : "ascending" };
      return element("th", { scope: "col", ...(sorting.column === column ? ways : {}) }, button);
    });
    return element("thead", {}, element("tr", {}, ...cells));
  }

  function sortBy(column) {
    sorting = { column, down: sorting.column === column && !sorting.down };
    first = 0;
    filter();
    table.querySelectorAll("th")[column].querySelector("button").focus();
  }

  function line(row) {
    const name = `${text(row, ITEM)} ${text(row, TARGET)}`;
    const toggle = element("button", {
      type: "button", class: "toggle", "aria-expanded": String(open.has(row)), "aria-label": fill(say.open, { name }),
    });
    const cells = columns.map(([, inner], column) => {
      const cell = element("td", { class: `cell cell--${column}` });
      cell.append(...(column ? [] : [toggle, " "]), inner(row));
      return cell;
    });
    const made = element("tr", { class: "row", id: `row-${row[ANCHOR]}` }, ...cells);
    made.addEventListener("click", (event) => {
      if (event.target.closest("a, button:not(.toggle)") || String(getSelection())) return;
      toggleRow(row, made, toggle);
    });
    return made;
  }

  function toggleRow(row, made, toggle) {
    const opening = !open.has(row);
    toggle.setAttribute("aria-expanded", String(opening));
    if (opening) {
      open.add(row);
      made.after(details(row));
    } else {
      open.delete(row);
      made.nextElementSibling.remove();
    }
  }

  function details(row) {
    const list = element("dl");
    const tell = (word, ...said) => list.append(element("dt", {}, word), element("dd", {}, ...said));
    const maybe = (word, said, inner = said) => said && tell(word, inner);
    const english = (said) => (data.language === "en" ? said : element("span", { lang: "en" }, said));
    const listed = (found) => element("ul", { class: "findings" }, ...found.map(([what, where]) =>
      element("li", {}, english(what), ...(where ? [" ", code(where)] : []))));
    tell(say.expected, text(row, TITLE));
    if (text(row, TODO)) tell(say.todo, ...coded(text(row, TODO)));
    if (row[FINDINGS].length) tell(say.findings, listed(row[FINDINGS]));
    if (row[WARNINGS].length) tell(say.warned, listed(row[WARNINGS]));
    maybe(say.seen, text(row, SEEN), english(text(row, SEEN)));
    maybe(say.where, text(row, WHERE), code(text(row, WHERE)));
    maybe(say.asked, text(row, ASKED), english(text(row, ASKED)));
    maybe(say.when, text(row, AT));
    maybe(say.waiver, text(row, WAIVER));
    maybe(say.attestation, text(row, ATTESTATION));
    tell(say.phase, text(row, PHASE));
    maybe(say.node, text(row, NODE), code(text(row, NODE)));
    const cell = element("td", { colspan: String(columns.length) }, list, tools(row));
    return element("tr", { class: "details" }, cell);
  }

  function tools(row) {
    const copy = element("button", { type: "button", class: "tool" }, say.copy);
    copy.addEventListener("click", () => put(markdown(row), say.copied));
    const link = element("a", { class: "tool", href: `#${row[ANCHOR]}` }, say.link);
    return element("span", { class: "tools" }, link, " ", copy);
  }

  async function put(said, done) {
    let worked = false;
    try {
      await navigator.clipboard.writeText(said);
      worked = true;
    } catch {
      const area = element("textarea", { readonly: "" });
      area.value = said;
      document.body.append(area);
      area.select();
      worked = document.execCommand("copy");
      area.remove();
    }
    status.textContent = worked ? done : say.copy_failed;
  }

  const escaped = (said) => said.replace(/\s+/g, " ").trim().replace(/[\\`*_{}[\]<>()#+!|~$@&-]/g, "\\$&");
  const fenced = (said) => {
    const runs = said.match(/`+/g) ?? [];
    const fence = "`".repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
    return `${fence} ${said.replace(/\s+/g, " ").trim()} ${fence}`.replace(/^(`) (?!`)(.*[^`]) (`)$/, "$1$2$3");
  };
  function markdown(row) {
    const [, label] = data.verdicts[row[VERDICT]];
    const [, grave] = data.severities[row[SEVERITY]];
    const lines = [`**${label}** (${grave}): ${fenced(text(row, ITEM))} ${fenced(text(row, TARGET))}`, ""];
    const tell = (word, said) => said && lines.push(`- **${word}**: ${said}`);
    tell(say.expected, escaped(text(row, TITLE)));
    for (const [what, where] of [...row[FINDINGS], ...row[WARNINGS]]) {
      tell(row[FINDINGS].length ? say.findings : say.warned, `${escaped(what)}${where ? ` ${fenced(where)}` : ""}`);
    }
    tell(say.seen, escaped(text(row, SEEN)));
    tell(say.where, text(row, WHERE) && fenced(text(row, WHERE)));
    tell(say.todo, escaped(text(row, TODO)));
    tell(say.when, escaped(text(row, AT)));
    return `${lines.join("\n")}\n`;
  }

  const haystacks = new Map();
  function haystack(row) {
    if (!haystacks.has(row)) {
      const fields = [ITEM, TARGET, TITLE, SEEN, WHERE, TODO, ASKED, WAIVER].map((field) => text(row, field));
      haystacks.set(row, [...fields, ...row[FINDINGS].flat(), ...row[WARNINGS].flat()].join("\n").toLowerCase());
    }
    return haystacks.get(row);
  }

  function filter() {
    const wanted = new FormData(form);
    const verdicts = new Set(wanted.getAll("verdict"));
    const words = String(wanted.get("search") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const service = wanted.get("service") ?? "";
    matching = data.rows.filter((row) =>
      verdicts.has(data.verdicts[row[VERDICT]][0])
      && (!wanted.get("severity") || data.severities[row[SEVERITY]][0] === wanted.get("severity"))
      && (!wanted.get("area") || text(row, AREA) === wanted.get("area"))
      && (!service || (service === "-" ? !row[SERVICES].length : services(row).includes(service)))
      && words.every((word) => haystack(row).includes(word)));
    const key = columns[sorting.column]?.[2];
    matching = key ? sorted(matching, key, sorting.down) : worstFirst(matching);
    draw();
  }
  const compare = (one, other) => (one < other ? -1 : one > other ? 1 : 0);
  const sorted = (rows, key, down) => [...rows].sort((a, b) => (down ? -1 : 1) * compare(key(a), key(b)));
  const worstFirst = (rows) => [...rows].sort((a, b) => a[VERDICT] - b[VERDICT] || a[SEVERITY] - b[SEVERITY]);

  function draw() {
    const page = matching.slice(first, first + PAGE);
    const body = element("tbody", {}, ...page.flatMap((row) => (open.has(row) ? [line(row), details(row)] : [line(row)])));
    table.replaceChildren(head(), body);
    const numbers = {
      first: grouped(first + 1), last: grouped(first + page.length),
      number: grouped(matching.length), all: grouped(data.rows.length),
    };
    const some = matching.length < data.rows.length ? say.shown_of : say.shown;
    shown.textContent = matching.length ? fill(some, numbers) : say.shown_none;
    previous.disabled = first === 0;
    next.disabled = first + PAGE >= matching.length;
  }

  function turn(pages) {
    first += pages * PAGE;
    draw();
    document.getElementById("results").scrollIntoView();
  }

  // The address tells the filters, so that they can be sent to somebody: #rows?area=ENV&verdict=fail
  function addressed() {
    const wanted = new FormData(form);
    const said = new URLSearchParams();
    const unchecked = form.querySelectorAll("[name=verdict]:not(:checked)");
    const usual = [...unchecked].every((box) => !box.defaultChecked)
      && [...form.querySelectorAll("[name=verdict]:checked")].every((box) => box.defaultChecked);
    for (const [name, value] of wanted) if (value && !(name === "verdict" && usual)) said.append(name, value);
    try {
      history.replaceState(null, "", `#rows${said.size ? `?${said}` : ""}`);
    } catch {
      // A page in a sandbox keeps its address.
    }
  }
  function take(asked) {
    form.reset();
    const verdicts = asked.getAll("verdict");
    for (const box of form.querySelectorAll("[name=verdict]")) if (verdicts.length) box.checked = verdicts.includes(box.value);
    for (const name of ["severity", "area", "service", "search"]) {
      if (form.elements[name]) form.elements[name].value = asked.get(name) ?? "";
    }
    first = 0;
    filter();
  }

  function go() {
    const name = decode(location.hash.slice(1));
    if (name.startsWith("rows?")) {
      take(new URLSearchParams(name.slice("rows?".length)));
      document.getElementById("rows").scrollIntoView();
    } else if (byAnchor.has(name)) {
      reveal(byAnchor.get(name));
    } else if (/^[A-Z]{3}-\d{3}-/.test(name)) {
      status.textContent = fill(say.absent, { name });
    }
  }
  function decode(said) {
    try {
      return decodeURIComponent(said);
    } catch {
      return said;
    }
  }
  function reveal(row) {
    if (!matching.includes(row)) {
      form.reset();
      for (const box of form.querySelectorAll("[name=verdict]")) box.checked = true;
      filter();
    }
    open.add(row);
    first = Math.floor(matching.indexOf(row) / PAGE) * PAGE;
    draw();
    const made = document.getElementById(`row-${row[ANCHOR]}`);
    made.classList.add("named");
    const told = document.getElementById(row[ANCHOR]);
    if (told && !told.closest("#passed")) {
      told.scrollIntoView({ block: "center" }); // it has a place of its own, where nothing is folded
    } else {
      made.scrollIntoView({ block: "center" });
      made.querySelector(".toggle").focus({ preventScroll: true });
    }
  }

  for (const place of document.querySelectorAll(".tools[data-row]")) {
    const row = byAnchor.get(place.dataset.row);
    if (row) place.append(...tools(row).childNodes);
  }
  for (const name of document.querySelectorAll("[data-area]")) {
    const link = element("a", { href: `#rows?area=${encodeURIComponent(name.dataset.area)}` });
    link.append(...name.childNodes);
    name.append(link);
  }
  let waiting = 0;
  const changed = () => {
    first = 0;
    filter();
    addressed();
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", changed);
  form.querySelector("[type=reset]").addEventListener("click", () => setTimeout(changed)); // once it is reset
  form.elements.search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(changed, 80);
  });
  previous.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  addEventListener("hashchange", go);
  form.hidden = false;
  document.getElementById("results").hidden = false;
  filter();
  go();
  if (location.hash) addEventListener("load", () => setTimeout(go)); // after the browser has gone there by itself
})();
