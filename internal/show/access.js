'use strict';
// The page of access --format html: filters over the lines of the report, and three views of what they leave. Nothing is fetched and nothing is stored.
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const { verbs, principals, secrets, conditions, lines, problems, findings } = data;
  // A line is [secret, principal, verbs, names of Regions or 0 for all, effect, conditions or -1, notes or -1]; the others are indexes, those of notes into the conditions, too.
  const [SECRET, PRINCIPAL, VERBS, REGIONS, EFFECT, CONDITIONS, NOTES] = [0, 1, 2, 3, 4, 5, 6];
  const [COND, UNKNOWN, DENY] = [1, 2, 3];
  const effects = [{ kind: 'allow', word: 'allowed' }, { kind: 'cond', word: 'under conditions' }, { kind: 'unknown', word: 'not known' }, { kind: 'deny', word: 'denied' }, { kind: 'none', word: 'not allowed' }];
  const page = { secrets: 50, principals: 25, lines: 100, nodes: 50, printed: 3000 };
  const short = { describe: 'De', read: 'Re', batchRead: 'Ba', write: 'Wr', rotate: 'Ro', delete: 'Dl', purge: 'Pu', replicate: 'Rp', manage: 'Ma', list: 'Li' };

  const $ = (id) => document.getElementById(id);
  const number = (n) => n.toLocaleString('en');
  const plural = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

  // element makes an element with attributes and children; texts become text, never markup.
  function element(name, attributes = {}, ...children) {
    return fill(document.createElement(name), attributes, children);
  }
  function drawn(name, attributes = {}, ...children) {
    return fill(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
  }
  function fill(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  const shown = (line, verb) => (verb < 0 ? line[VERBS] : [verb]);
  const regionsOf = (line) => (line[REGIONS] || secrets[line[SECRET]].regions).join(', ');
  // detailsOf returns what must hold, and what else is said of a line: what is not known, what it rests on, what calls are held to.
  const detailsOf = (line) => [CONDITIONS, NOTES].flatMap((field) => (line[field] < 0 ? [] : conditions[line[field]]));
  const marked = ({ id, mark }) => (mark ? `${id} (${mark})` : id);
  const aboutOf = ({ arn, mark, note }) => [arn, mark, note].filter(Boolean).join('; ');
  const verbWords = (line, verb) => shown(line, verb).map((v) => verbs[v]).join(', ');

  // matcher reads a filter: part of a name or ARN in upper or lower case, in which * is anything.
  function matcher(text) {
    const parts = text.trim().toLowerCase().split('*');
    if (parts.length === 1) return (subject) => subject.includes(parts[0]);
    const pattern = new RegExp(parts.map((p) => p.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*'), 's');
    return (subject) => pattern.test(subject);
  }
  const searched = (list) => list.map((s) => `${s.id}\n${s.arn}\n${s.mark ?? ''}`.toLowerCase());
  const searchedPrincipals = searched(principals);
  const searchedSecrets = searched(secrets);

  // state is what the filters leave, and where the views are.
  const state = { view: 'matrix', verb: -1, lines: [], secrets: [], principals: [], at: { secrets: 0, principals: 0, entries: 0 }, selected: null, focus: null };

  function filter() {
    const [byPrincipal, bySecret] = [matcher($('principal').value), matcher($('secret').value)];
    const verb = $('verb').value === '' ? -1 : Number($('verb').value);
    const effect = $('effect').value === '' ? -1 : Number($('effect').value);
    const inPrincipals = searchedPrincipals.map(byPrincipal);
    const inSecrets = searchedSecrets.map(bySecret);
    const left = lines.filter((l) => inPrincipals[l[PRINCIPAL]] && inSecrets[l[SECRET]] && (verb < 0 || l[VERBS].includes(verb)) && (effect < 0 || l[EFFECT] === effect));
    if ($('order').value === 'p') left.sort((a, b) => a[PRINCIPAL] - b[PRINCIPAL] || a[SECRET] - b[SECRET]);
    // Who can do nothing is shown, too, unless one looks for what can be done.
    const some = (inFilter, field, otherIsFiltered) => {
      const used = new Set(left.map((l) => l[field]));
      return inFilter.flatMap((is, i) => (is && (used.has(i) || (!otherIsFiltered && verb < 0 && effect < 0)) ? [i] : []));
    };
    state.secrets = some(inSecrets, SECRET, $('principal').value.trim() !== '');
    state.principals = some(inPrincipals, PRINCIPAL, $('secret').value.trim() !== '');
    Object.assign(state, { verb, lines: left, at: { secrets: 0, principals: 0, entries: 0 }, selected: null, focus: null });
    $('count').textContent = `${number(left.length)} of ${plural(lines.length, 'entry', 'entries')}: ${plural(state.secrets.length, 'secret')}, ${plural(state.principals.length, 'principal')}`;
    render();
  }

  function render() {
    hideTip();
    if (state.view === 'matrix') renderMatrix();
    if (state.view === 'list') renderList(false);
    if (state.view === 'graph') renderGraph();
  }

  // pager leads through pages of something; it says nothing where there is one page.
  function pager(what, total, size, turned) {
    if (total <= size) return '';
    const from = state.at[what];
    const turn = (by) => {
      state.at[what] = from + by;
      turned();
      const again = document.querySelector(`[data-turn="${what}${by}"]`);
      (again && !again.disabled ? again : document.querySelector(`[data-turn="${what}${-by}"]`))?.focus();
    };
    const button = (text, by, name, idle) => {
      const b = element('button', { type: 'button', 'aria-label': `${name} ${what}`, 'data-turn': `${what}${by}` }, text);
      b.disabled = idle;
      b.addEventListener('click', () => turn(by));
      return b;
    };
    const range = `${what} ${number(from + 1)}–${number(Math.min(total, from + size))} of ${number(total)}`;
    return element('span', { class: 'pager' }, button('‹', -size, 'Previous', from === 0), element('span', {}, range), button('›', size, 'Next', from + size >= total));
  }

  const nothing = () => element('p', { class: 'empty' }, 'Nothing is left by the filters.');

  // pairs returns lines by secret and principal.
  function pairs() {
    const out = new Map();
    for (const l of state.lines) {
      const key = l[SECRET] * principals.length + l[PRINCIPAL];
      if (out.has(key)) out.get(key).push(l);
      else out.set(key, [l]);
    }
    return out;
  }

  function renderMatrix() {
    const own = pairs();
    const rows = state.secrets.slice(state.at.secrets, state.at.secrets + page.secrets);
    const columns = state.principals.slice(state.at.principals, state.at.principals + page.principals);
    $('matrix-pages').replaceChildren(pager('secrets', state.secrets.length, page.secrets, renderMatrix), pager('principals', state.principals.length, page.principals, renderMatrix));
    if (rows.length === 0 || columns.length === 0) return $('matrix-table').replaceChildren(nothing());
    const head = element('tr', {}, element('th', { scope: 'col' }, 'Secret'), ...columns.map((p) => {
      return element('th', { scope: 'col', title: aboutOf(principals[p]) }, element('div', { class: 'turn' }, marked(principals[p])));
    }));
    const body = rows.map((s) => element('tr', {}, element('th', { scope: 'row', title: aboutOf(secrets[s]) }, secrets[s].id), ...columns.map((p) => cell(own.get(s * principals.length + p)))));
    const table = element('table', { class: 'matrix' }, element('thead', {}, head), element('tbody', {}, ...body));
    $('matrix-table').replaceChildren(table);
    const first = table.querySelector('.cell');
    if (first) first.tabIndex = 0;
    table.addEventListener('keydown', (event) => moveInTable(event, table));
  }

  // cell shows what a principal can do with a secret, in short; all of it stands in its label.
  function cell(own) {
    if (!own) return element('td');
    const label = `${principals[own[0][PRINCIPAL]].id}, ${secrets[own[0][SECRET]].id}: ` + own.map(lineWords).join('; ');
    const button = element('button', { type: 'button', class: 'cell', tabindex: '-1', 'aria-label': label }, ...badges(own));
    button.addEventListener('mouseenter', () => showTip(button, own));
    button.addEventListener('mouseleave', leaveTip);
    button.addEventListener('focus', () => showTip(button, own));
    button.addEventListener('blur', hideTip);
    button.addEventListener('click', () => {
      state.selected = { side: 'principals', index: own[0][PRINCIPAL] };
      select('graph', true);
    });
    return element('td', {}, button);
  }

  function lineWords(line) {
    const { word } = effects[line[EFFECT]];
    const where = line[REGIONS] ? ` in ${regionsOf(line)}` : '';
    return `${verbWords(line, state.verb)}${where} ${word}${detailsOf(line).length === 0 ? '' : ` (${detailsOf(line).join(', ')})`}`;
  }

  const marks = ['', '*', '?', '×', '–'];

  // badges are the verbs of a cell by their effect, wherever and under whichever conditions. The style writes them: they are no part of the cell's name.
  function badges(own) {
    return effects.flatMap(({ kind }, effect) => {
      const some = new Set(own.filter((l) => l[EFFECT] === effect).flatMap((l) => shown(l, state.verb)));
      const badge = (text) => element('span', { class: `badge ${kind}`, 'data-text': text + marks[effect] });
      if (verbs.length > 2 && some.size === verbs.length) return [badge('all')];
      return verbs.flatMap((verb, i) => (some.has(i) ? [badge(shortOf(verb))] : []));
    });
  }

  const shortOf = (verb) => short[verb] ?? verb.split(':').pop().slice(0, 8);

  // moveInTable lets arrow keys lead from cell to cell: to the nearest one in their direction that is not empty.
  function moveInTable(event, table) {
    const td = event.target.closest('td');
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    if (!td || !step) return;
    event.preventDefault();
    let [row, column] = [td.parentNode.rowIndex + step[0], td.cellIndex + step[1]];
    for (let next = table.rows[row]?.cells[column]; row > 0 && next; next = table.rows[row]?.cells[column]) {
      const button = next.querySelector('.cell');
      if (button) {
        event.target.tabIndex = -1;
        button.tabIndex = 0;
        return button.focus();
      }
      [row, column] = [row + step[0], column + step[1]];
    }
  }

  // renderList writes a page of lines, or all of them, to be printed. No browser prints any number.
  function renderList(everything) {
    const some = everything ? state.lines.slice(0, page.printed) : state.lines.slice(state.at.entries, state.at.entries + page.lines);
    const rest = state.lines.length - some.length;
    $('unprinted').textContent = everything && rest > 0 ? `${plural(rest, 'entry is', 'entries are')} not printed: filter, and print what is left; or take the report as CSV.` : '';
    $('list-pages').replaceChildren(everything ? '' : pager('entries', state.lines.length, page.lines, () => renderList(false)));
    if (some.length === 0) return $('list-table').replaceChildren(nothing());
    const names = ['Secret', 'Principal', 'May', 'Effect', 'Regions', 'Conditions'];
    const head = element('tr', { role: 'row' }, ...names.map((n) => element('th', { scope: 'col', role: 'columnheader' }, n)));
    const body = some.map((line, i) => {
      const { kind, word } = effects[line[EFFECT]];
      const must = detailsOf(line);
      const cells = [
        named(secrets, line[SECRET], some[i - 1]?.[SECRET]), named(principals, line[PRINCIPAL], some[i - 1]?.[PRINCIPAL]), [verbWords(line, state.verb)], [element('span', { class: `word ${kind}` }, word)],
        (line[REGIONS] || secrets[line[SECRET]].regions).flatMap((r, i) => [i > 0 ? ', ' : '', element('span', { class: 'whole' }, r)]),
        must.length === 0 ? [] : [element('ul', {}, ...must.map((c) => element('li', {}, c)))],
      ];
      return element('tr', { role: 'row' }, ...cells.map((content, i) => element('td', { role: 'cell', 'data-label': names[i] }, ...(content.length > 0 ? [element('div', {}, ...content)] : []))));
    });
    $('list-table').replaceChildren(element('table', { class: 'rows', role: 'table' }, element('thead', { role: 'rowgroup' }, head), element('tbody', { role: 'rowgroup' }, ...body)));
  }

  // named returns a name with its ARN, which is not said again where the line above has said it.
  function named(list, index, above) {
    const { id, arn, note } = list[index];
    if (index === above) return [id];
    return [marked(list[index]), ...[arn === id ? '' : arn, note].filter(Boolean).map((text) => element('span', { class: 'arn' }, text))];
  }

  // neighbourhood returns the lines to draw: all that the filters leave, or those of what is selected; where there are too many, the first.
  function neighbourhood() {
    const { selected } = state;
    const own = selected ? state.lines.filter((l) => l[selected.side === 'principals' ? PRINCIPAL : SECRET] === selected.index) : state.lines;
    const sides = { principals: new Set(), secrets: new Set() };
    const total = { principals: new Set(own.map((l) => l[PRINCIPAL])).size, secrets: new Set(own.map((l) => l[SECRET])).size };
    const drawnLines = own.filter((l) => {
      const fits = (set, i) => set.has(i) || set.size < page.nodes;
      if (!fits(sides.principals, l[PRINCIPAL]) || !fits(sides.secrets, l[SECRET])) return false;
      sides.principals.add(l[PRINCIPAL]);
      sides.secrets.add(l[SECRET]);
      return true;
    });
    const sorted = (set) => [...set].sort((a, b) => a - b);
    return { lines: drawnLines, principals: sorted(sides.principals), secrets: sorted(sides.secrets), total };
  }

  function renderGraph() {
    const hood = neighbourhood();
    const cut = hood.principals.length < hood.total.principals || hood.secrets.length < hood.total.secrets;
    const about = state.selected ? `What ${nameOf(state.selected)} is connected with. ` : '';
    const kinds = 'Solid lines are allowed, dashed ones under conditions, those of dashes and dots not known, dotted ones denied or not allowed.';
    $('graph-note').textContent = about + (cut ? `Shown are ${hood.principals.length} of ${plural(hood.total.principals, 'principal')} and ${hood.secrets.length} of ${plural(hood.total.secrets, 'secret')}: filter, or select one. ` : '') + kinds;
    $('graph-all').hidden = !state.selected;
    if (hood.lines.length === 0) return $('graph-picture').replaceChildren(nothing());
    $('graph-picture').replaceChildren(draw(hood));
    const first = $('graph-picture').querySelector('[aria-pressed="true"]') ?? $('graph-picture').querySelector('.node');
    first.setAttribute('tabindex', '0');
  }

  const nameOf = ({ side, index }) => (side === 'principals' ? principals : secrets)[index].id;

  // draw makes the picture: principals left, secrets right, a curve for each pair.
  function draw(hood) {
    const [width, height, step, top] = [270, 26, 36, 44];
    const gap = Math.max(180, Math.min(700, $('graph-picture').clientWidth - 2 * width - 60));
    const rows = Math.max(hood.principals.length, hood.secrets.length);
    const total = { width: 2 * width + gap + 40, height: top + rows * step + 10 };
    const spread = (list) => new Map(list.map((index, i) => [index, top + (i + .5) * (rows * step) / list.length]));
    const [left, right] = [spread(hood.principals), spread(hood.secrets)];
    const edges = new Map();
    for (const l of hood.lines) {
      const key = `${l[PRINCIPAL]}-${l[SECRET]}`;
      if (!edges.has(key)) edges.set(key, { p: l[PRINCIPAL], s: l[SECRET], effect: l[EFFECT] });
      edges.get(key).effect = Math.min(edges.get(key).effect, l[EFFECT]); // the best of several
    }
    const picture = drawn('svg', { width: total.width, height: total.height, viewBox: `0 0 ${total.width} ${total.height}`, role: 'group', 'aria-label': 'Principals on the left, secrets on the right' });
    const [from, to] = [20 + width, 20 + width + gap];
    picture.append(drawn('text', { x: 20, y: 24, class: 'head' }, 'Principals'), drawn('text', { x: to, y: 24, class: 'head' }, 'Secrets'));
    for (const { p, s, effect } of edges.values()) {
      const [y1, y2, bend] = [left.get(p), right.get(s), gap / 2];
      picture.append(drawn('path', { class: `edge ${effects[effect].kind}`, d: `M${from} ${y1}C${from + bend} ${y1} ${to - bend} ${y2} ${to} ${y2}`, 'data-p': p, 'data-s': s }));
    }
    const node = (side, index, x, y) => {
      const of = hood.lines.filter((l) => l[side === 'principals' ? PRINCIPAL : SECRET] === index);
      const others = new Set(of.map((l) => (side === 'principals' ? secrets[l[SECRET]].id : principals[l[PRINCIPAL]].id)));
      const name = nameOf({ side, index });
      const pressed = state.selected?.side === side && state.selected.index === index;
      const { mark, note } = (side === 'principals' ? principals : secrets)[index];
      const label = `${name}: ${[...others].join(', ')}`;
      const title = [label, mark, note].filter(Boolean).join('; ');
      const g = drawn('g', { class: 'node', role: 'button', tabindex: '-1', 'aria-pressed': pressed, 'aria-label': label, 'data-side': side, 'data-index': index }, drawn('title', {}, title),
        drawn('rect', { x, y: y - height / 2, width, height, rx: 6 }), drawn('text', { x: x + 10, y: y + 5 }, name.length > 34 ? `${name.slice(0, 33)}…` : name));
      const chosen = () => {
        state.selected = pressed ? null : { side, index };
        renderGraph();
        $('graph-picture').querySelector(`[data-side="${side}"][data-index="${index}"]`)?.focus();
      };
      g.addEventListener('click', chosen);
      g.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' || event.key === ' ') chosen();
        else if (!moveInGraph(event, g)) return;
        event.preventDefault();
      });
      for (const [event, on] of [['mouseenter', true], ['focus', true], ['mouseleave', false], ['blur', false]]) g.addEventListener(event, () => stress(picture, side, index, on));
      return g;
    };
    for (const p of hood.principals) picture.append(node('principals', p, 20, left.get(p)));
    for (const s of hood.secrets) picture.append(node('secrets', s, to, right.get(s)));
    return picture;
  }

  // stress brings out what a node is connected with.
  function stress(picture, side, index, on) {
    for (const edge of picture.querySelectorAll('.edge')) {
      const own = Number(edge.dataset[side === 'principals' ? 'p' : 's']) === index;
      edge.classList.toggle('strong', on && own);
      edge.classList.toggle('faint', on && !own);
      if (!own) continue;
      const other = side === 'principals' ? `[data-side="secrets"][data-index="${edge.dataset.s}"]` : `[data-side="principals"][data-index="${edge.dataset.p}"]`;
      picture.querySelector(other).classList.toggle('strong', on);
    }
  }

  // moveInGraph lets arrow keys lead up and down a side and from one to the other.
  function moveInGraph(event, node) {
    const all = [...$('graph-picture').querySelectorAll('.node')];
    const [own, others] = [all.filter((n) => n.dataset.side === node.dataset.side), all.filter((n) => n.dataset.side !== node.dataset.side)];
    const at = own.indexOf(node);
    const side = event.key === 'ArrowRight' ? 'secrets' : event.key === 'ArrowLeft' ? 'principals' : null;
    let next = null;
    if (event.key === 'ArrowDown') next = own[at + 1];
    else if (event.key === 'ArrowUp') next = own[at - 1];
    else if (side && side !== node.dataset.side) next = others[Math.min(others.length - 1, Math.floor(at * others.length / own.length))];
    else return side !== null;
    if (!next) return true;
    node.setAttribute('tabindex', '-1');
    next.setAttribute('tabindex', '0');
    next.focus();
    return true;
  }

  // The tip shows all that a cell says, as long as the mouse is on it or on the tip, or the cell has the focus. Escape hides it.
  let leaving = 0;
  function showTip(button, own) {
    clearTimeout(leaving);
    const tip = $('tip');
    tip.replaceChildren(element('h3', {}, `${principals[own[0][PRINCIPAL]].id} → ${secrets[own[0][SECRET]].id}`), ...own.flatMap((line) => {
      const { kind, word } = effects[line[EFFECT]];
      const text = element('p', {}, element('span', { class: `word ${kind}` }, word), ` ${verbWords(line, state.verb)} in ${regionsOf(line)}`);
      const must = detailsOf(line);
      return must.length === 0 ? [text] : [text, element('ul', {}, ...must.map((c) => element('li', {}, c)))];
    }));
    tip.hidden = false;
    place(tip, button);
  }
  function place(tip, button) {
    const [at, size] = [button.getBoundingClientRect(), tip.getBoundingClientRect()];
    const below = at.bottom + 6 + size.height < innerHeight;
    tip.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
    tip.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - size.height - 6)}px`;
  }
  function hideTip() {
    clearTimeout(leaving);
    $('tip').hidden = true;
  }
  function leaveTip() {
    leaving = setTimeout(hideTip, 150);
  }

  function select(view, focusPanel) {
    state.view = view;
    for (const tab of document.querySelectorAll('[role="tab"]')) {
      const is = tab.id === `tab-${view}`;
      tab.setAttribute('aria-selected', is);
      tab.tabIndex = is ? 0 : -1;
      $(tab.getAttribute('aria-controls')).hidden = !is;
    }
    render();
    if (focusPanel) ($('graph-picture').querySelector('[aria-pressed="true"]') ?? $(`tab-${view}`)).focus();
  }

  function summarize() {
    // Nobody is said only where nobody can, in no circumstance: what is not known may be somebody.
    const reached = new Set(lines.filter((l) => l[EFFECT] <= UNKNOWN).map((l) => l[SECRET]));
    const able = new Set(lines.filter((l) => l[EFFECT] <= UNKNOWN).map((l) => l[PRINCIPAL]));
    const pairCount = (of) => new Set(lines.filter(of).map((l) => l[SECRET] * principals.length + l[PRINCIPAL])).size;
    const facts = [
      ['principals', principals.length], ['secrets', secrets.length], ['pairs with access', pairCount((l) => l[EFFECT] <= COND)], ['under conditions', pairCount((l) => l[EFFECT] === COND)],
      ['not known', pairCount((l) => l[EFFECT] === UNKNOWN)], ['denied', pairCount((l) => l[EFFECT] === DENY)], ['secrets of nobody', secrets.length - reached.size], ['principals without access', principals.length - able.size],
    ];
    $('summary').append(...facts.map(([name, n]) => element('div', {}, element('dt', {}, name), element('dd', {}, number(n)))));
    const told = (list, texts) => $(list).append(...texts.map((text) => element('li', {}, text)));
    told('problems', problems);
    told('findings', findings);
    $('unseen').hidden = problems.length === 0;
    $('public').hidden = findings.length === 0;
    const sample = (kind, mark, word) => element('span', {}, element('span', { class: `badge ${kind}`, 'data-text': `Re${mark}` }), word);
    $('legend').append(sample('allow', '', 'allowed'), sample('cond', '*', 'under conditions'), sample('unknown', '?', 'not known'), sample('deny', '×', 'denied although something allows it'), sample('none', '–', 'not allowed'), ...verbs.map((v) => element('span', {}, element('b', {}, shortOf(v)), v)),
      element('span', {}, 'Arrow keys lead from cell to cell, Enter to the graph.'));
    verbs.forEach((v, i) => $('verb').append(element('option', { value: i }, v)));
  }

  function listen() {
    let typing = 0;
    $('filters').addEventListener('input', () => {
      clearTimeout(typing);
      typing = setTimeout(filter, 120);
    });
    $('filters').addEventListener('reset', () => setTimeout(filter));
    $('filters').addEventListener('submit', (event) => event.preventDefault());
    const tabs = [...document.querySelectorAll('[role="tab"]')];
    tabs.forEach((tab, i) => {
      tab.addEventListener('click', () => select(tab.id.slice('tab-'.length), false));
      tab.addEventListener('keydown', (event) => {
        const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        const next = tabs[(to + tabs.length) % tabs.length];
        select(next.id.slice('tab-'.length), false);
        next.focus();
      });
    });
    $('graph-all').addEventListener('click', () => {
      state.selected = null;
      renderGraph();
      $('graph-picture').focus();
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') hideTip();
    });
    document.addEventListener('scroll', () => { // the focus brings cells into sight
      const cell = document.activeElement;
      if (!$('tip').hidden && cell.matches('.cell:focus-visible')) place($('tip'), cell);
      else hideTip();
    }, true);
    $('tip').addEventListener('mouseenter', () => clearTimeout(leaving));
    $('tip').addEventListener('mouseleave', hideTip);
    addEventListener('beforeprint', () => renderList(true));
    addEventListener('afterprint', render);
    let resizing = 0;
    addEventListener('resize', () => {
      clearTimeout(resizing);
      resizing = setTimeout(() => state.view === 'graph' && renderGraph(), 150);
    });
  }

  summarize();
  listen();
  filter();
})();
