'use strict';
// The page of access --format html, and of diff --format html: filters over the lines of the report, a matrix and a list of what they leave, and the reason of what is open. Nothing is fetched and nothing is stored: the fragment of the address says what is shown.
(() => {
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($('data').textContent);
  const { verbs, groups, principals, secrets, command, lines, conditions, reasons, texts, changes, evidence } = data;
  // A line is [secret, principal, verbs, names of Regions or 0 for all, effect, conditions or -1, notes or -1, reason or -1]; the others are indexes, those of notes into the conditions, too. One that changed has the change, and its evidence or -1.
  const [SECRET, PRINCIPAL, VERBS, REGIONS, EFFECT, CONDITIONS, NOTES, REASON, CHANGE, EVIDENCE] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  // A change is [kind, 1 if more may be so, effect before, conditions or -1, notes or -1, text of why it is accepted or -1].
  const [KIND, PERHAPS, WAS, WAS_CONDITIONS, WAS_NOTES, ACCEPTED] = [0, 1, 2, 3, 4, 5];
  const kinds = ['', 'gains', 'widens', 'changes', 'unknown', 'narrows', 'loses'];
  const changeMarks = ['', '+', '▲', '◆', '?', '▼', '−'];
  const ofChanges = changes !== undefined;
  const changeOf = (line) => (line[CHANGE] === undefined ? undefined : changes[line[CHANGE]]);
  const isAccepted = (change) => change[ACCEPTED] >= 0;
  const UNKNOWN = 2;
  const effects = [{ kind: 'allow', word: 'allowed', mark: '' }, { kind: 'cond', word: 'under conditions', mark: '*' }, { kind: 'unknown', word: 'not known', mark: '?' }, { kind: 'deny', word: 'denied', mark: '×' }, { kind: 'none', word: 'not allowed', mark: '–' }];
  const decided = ['allowed', 'allowed', 'not known', 'denied', 'not allowed']; // a single permission, by the same numbers
  const weights = ['metadata', 'change', 'value'];
  const page = { rows: 60, columns: 30, entries: 60, names: 400, printed: { columns: 14, cells: 20000, entries: 3000 } };
  const thisARN = '\ue000'; // in a statement: the ARN of the secret in question

  const number = (n) => n.toLocaleString('en');
  const plural = (n, one, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;
  const grouped = (list, keyOf) => {
    const out = new Map();
    for (const one of list) {
      const key = keyOf(one);
      if (out.has(key)) out.get(key).push(one);
      else out.set(key, [one]);
    }
    return out;
  };

  // element makes an element with attributes and children; texts become text, never markup.
  function element(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  }

  const marked = ({ id, mark, gone }) => `${id}${mark ? ` (${mark})` : ''}${gone ? ' (gone)' : ''}`;
  const regionsOf = (line) => (line[REGIONS] || secrets[line[SECRET]].regions).join(', ');
  const listed = (of, ...fields) => fields.flatMap((field) => (of[field] < 0 ? [] : conditions[of[field]]));
  const detailsOf = (line) => listed(line, CONDITIONS, NOTES);
  const isOutside = (p) => Boolean(groups[principals[p].group].outside);
  // isSaidByGroup says whether what a principal is stands above its column already.
  const isSaidByGroup = (p) => /^(account|organization|service|everybody)/.test(principals[p].mark ?? '');
  // headOf names a principal above its column, without what stands above its group.
  const headOf = (p) => (isSaidByGroup(p) && !principals[p].gone ? principals[p].id : marked(principals[p])).replace(/^arn:[^:]+:iam::\d{12}:(?=.)/, '');
  // isAcross says whether a principal is of another account than the secret; it is so of nobody who has no account.
  const isAcross = (p, s) => Boolean(principals[p].account && secrets[s].account && principals[p].account !== secrets[s].account);
  // scoreOf says how much a line weighs: how it changed, what it is about, and then how certain it is. What is denied weighs nothing.
  const scoreOf = (line, verb) => changeScore(changeOf(line)) + (line[EFFECT] > UNKNOWN && !changeOf(line) ? -line[EFFECT] : Math.max(...shown(line, verb).map((v) => verbs[v].weight)) * effects.length - line[EFFECT] + effects.length);
  const changeScore = (change) => (change ? (kinds.length * (isAccepted(change) ? 1 : 2) - change[KIND]) * 100 : 0);
  const shown = (line, verb) => (verb < 0 ? line[VERBS] : [verb]);
  const heaviestFirst = (list) => [...list].sort((a, b) => verbs[b].weight - verbs[a].weight || a - b);
  const namesOf = (list) => heaviestFirst(list).map((v) => verbs[v].name).join(', ');

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
  const numberOf = (list) => new Map(list.map(({ id }, i) => [id, i]));
  const principalNumbers = numberOf(principals);
  const secretNumbers = numberOf(secrets);

  const reasonPlace = $('reason'); // it moves into the list
  const isNarrow = matchMedia('(max-width: 720px)');
  // state is what the filters leave, where the views are, and what is open: a principal, a secret, or both.
  const state = { view: '', verb: -1, left: [], pairs: new Map(), secrets: [], principals: [], rows: [], at: { rows: 0, columns: 0, entries: 0 }, who: -1, what: -1 };
  const viewNow = () => (isNarrow.matches ? 'list' : state.view || 'matrix');
  const pairKey = (p, s) => s * principals.length + p;

  // ---- The address says what is shown.

  // address is what was last written or read. Another one in the browser is still to be read: nothing is written over it.
  const fields = ['principal', 'secret', 'verb', 'effect', 'from', ...(ofChanges ? ['change'] : []), 'order'];
  const addressNow = () => location.hash.slice(1);
  let address = addressNow();
  let typing = 0;
  function writeAddress() {
    if (addressNow() !== address) return;
    const out = new URLSearchParams();
    for (const name of fields) {
      const value = name === 'verb' ? verbs[$('verb').value]?.name ?? '' : $(name).value.trim();
      if (value !== '' && !(name === 'order' && value === 's')) out.set(name, value);
    }
    if (!$('fold').checked) out.set('fold', 'no');
    if (state.view) out.set('view', state.view);
    if (state.who >= 0) out.set('who', principals[state.who].id);
    if (state.what >= 0) out.set('what', secrets[state.what].id);
    if (out.toString() === address) return;
    history.replaceState(null, '', `#${out}`);
    address = addressNow();
  }
  function readAddress() {
    clearTimeout(typing); // what was being typed is not in this address
    address = addressNow();
    const given = new URLSearchParams(address);
    for (const name of fields) {
      let value = given.get(name) ?? '';
      if (name === 'verb') value = value === '' ? '' : String(verbs.findIndex((v) => v.name === value));
      if (name === 'order') value = value || 's';
      $(name).value = value;
      if ($(name).value !== value) $(name).value = name === 'order' ? 's' : '';
    }
    $('fold').checked = given.get('fold') !== 'no';
    state.view = given.get('view') === 'list' ? 'list' : '';
    state.who = principalNumbers.get(given.get('who')) ?? -1;
    state.what = secretNumbers.get(given.get('what')) ?? -1;
    filter();
    showOpen();
  }

  // ---- Filters

  function filter() {
    const [byPrincipal, bySecret] = [matcher($('principal').value), matcher($('secret').value)];
    const verb = $('verb').value === '' ? -1 : Number($('verb').value);
    const effect = $('effect').value === '' ? -1 : Number($('effect').value);
    const from = $('from').value;
    const isWanted = wanted();
    const inPrincipals = searchedPrincipals.map((text, p) => byPrincipal(text) && (from !== 'outside' || isOutside(p)));
    const inSecrets = searchedSecrets.map(bySecret);
    const left = lines.filter((l) => inPrincipals[l[PRINCIPAL]] && inSecrets[l[SECRET]] && (verb < 0 || l[VERBS].includes(verb)) && (effect < 0 || l[EFFECT] === effect) && (from !== 'across' || isAcross(l[PRINCIPAL], l[SECRET])) && isWanted(changeOf(l)));
    // Who can do nothing is shown, too, unless one looks for what can be done.
    const some = (inFilter, field, otherIsFiltered) => {
      const used = new Set(left.map((l) => l[field]));
      return inFilter.flatMap((is, i) => (is && (used.has(i) || (!otherIsFiltered && verb < 0 && effect < 0 && from === '' && isWanted())) ? [i] : []));
    };
    const best = new Map();
    for (const l of left) best.set(l[PRINCIPAL], Math.max(best.get(l[PRINCIPAL]) ?? -9, scoreOf(l, verb)));
    state.secrets = some(inSecrets, SECRET, $('principal').value.trim() !== '');
    state.principals = some(inPrincipals, PRINCIPAL, $('secret').value.trim() !== '')
      .sort((a, b) => principals[a].group - principals[b].group || (best.get(b) ?? -9) - (best.get(a) ?? -9) || a - b);
    Object.assign(state, { verb, left, pairs: grouped(left, (l) => pairKey(l[PRINCIPAL], l[SECRET])), at: { rows: 0, columns: 0, entries: 0 } });
    for (const own of state.pairs.values()) own.sort((a, b) => scoreOf(b, verb) - scoreOf(a, verb));
    state.rows = rowsOf();
    $('count').textContent = `${plural(state.pairs.size, 'cell')}: ${plural(state.secrets.length, 'secret')}${state.rows.length < state.secrets.length ? ` in ${plural(state.rows.length, 'row')}` : ''}, ${plural(state.principals.length, 'principal')}`;
    $('legend').replaceChildren(...legend());
    render();
  }

  // wanted says which changes are shown; without one, whether what stays as it is is shown.
  function wanted() {
    const value = ofChanges ? $('change').value : 'all';
    if (value === 'all') return () => true;
    const is = { '': () => true, open: (c) => !isAccepted(c), accepted: isAccepted }[value] ?? ((c) => kinds[c[KIND]] === value);
    return (change) => change !== undefined && is(change);
  }

  // rowsOf returns the rows of the matrix: secrets with which everybody can do the same are one.
  function rowsOf() {
    if (!$('fold').checked) return state.secrets.map((s) => [s]);
    const said = new Map(state.secrets.map((s) => [s, `${secrets[s].account ?? ''} ${secrets[s].gone ?? ''}`]));
    for (const l of state.left) said.set(l[SECRET], `${said.get(l[SECRET])}\n${l[PRINCIPAL]} ${shown(l, state.verb)} ${l[REGIONS] || ''} ${l[EFFECT]} ${l[CONDITIONS]} ${l[NOTES]} ${l[CHANGE] ?? ''}`);
    return [...grouped(state.secrets, (s) => said.get(s)).values()];
  }

  function render() {
    const view = viewNow();
    for (const tab of document.querySelectorAll('[role="tab"]')) {
      const is = tab.id === `tab-${view}`;
      tab.setAttribute('aria-selected', is);
      tab.tabIndex = is ? 0 : -1;
      $(tab.getAttribute('aria-controls')).hidden = !is;
    }
    $('fold').parentNode.hidden = view !== 'matrix';
    $('order').parentNode.hidden = view !== 'list';
    if (view === 'matrix') renderMatrix();
    else renderList();
    renderReason();
    writeAddress();
  }

  // pager leads through pages of something; it says nothing where there is one page.
  function pager(what, total, size, said = what) {
    if (total <= size) return '';
    const from = state.at[what];
    const turn = (by) => {
      state.at[what] = from + by;
      render();
      const again = document.querySelector(`[data-turn="${what}${by}"]`);
      (again && !again.disabled ? again : document.querySelector(`[data-turn="${what}${-by}"]`))?.focus();
    };
    const button = (text, by, name, idle) => {
      const b = element('button', { type: 'button', 'aria-label': `${name} ${said}`, 'data-turn': `${what}${by}` }, text);
      b.disabled = idle;
      b.addEventListener('click', () => turn(by));
      return b;
    };
    const range = `${said} ${number(from + 1)}–${number(Math.min(total, from + size))} of ${number(total)}`;
    return element('span', { class: 'pager' }, button('‹', -size, 'Previous', from === 0), element('span', {}, range), button('›', size, 'Next', from + size >= total));
  }

  function nothing() {
    if (!ofChanges || lines.some(changeOf)) return element('p', { class: 'empty' }, 'Nothing is left by the filters.');
    return element('p', { class: 'empty' }, 'Nobody can do more or less than before. ', element('a', { href: '#change=all' }, 'Who can do what'));
  }

  // ---- What a principal may do with a secret, in chips

  const bare = (v) => verbs[v].name.split(':').pop();
  const isWord = (v) => Boolean(verbs[v].short);
  const words = verbs.flatMap((_, v) => (isWord(v) ? [v] : []));

  // chipsOf are the verbs of some lines, the heaviest first: in two letters, or in words. The style writes short ones: they are no part of a cell's name. Those that changed in one way stand together behind its mark.
  function chipsOf(own, inWords, verb = state.verb) {
    if (!ofChanges) return plainChips(own, inWords, verb);
    const looks = [...grouped(own, (l) => (l[CHANGE] === undefined ? '' : `${changeOf(l)[KIND]}${isAccepted(changeOf(l))}`)).values()];
    return looks.flatMap((of) => (changeOf(of[0]) ? [changed(changeOf(of[0]), plainChips(of, inWords, verb), inWords)] : plainChips(of, inWords, verb)));
  }

  // changed marks chips as changed, in a sign or in a word.
  function changed(change, chips, inWords) {
    const kind = kinds[change[KIND]];
    const sign = changeMarks[change[KIND]] + (isAccepted(change) ? '✓' : '');
    const mark = inWords ? element('span', { class: 'sign' }, `${sign} ${kind}${isAccepted(change) ? ', accepted' : ''} `) : element('span', { class: 'sign', 'data-text': sign });
    return element('span', { class: `changed ${kind}${isAccepted(change) ? ' accepted' : ''}` }, mark, ...chips);
  }

  function plainChips(own, inWords, verb) {
    const out = [];
    const lost = own.every((l) => changeOf(l) && kinds[changeOf(l)[KIND]] === 'loses');
    for (let weight = weights.length - 1; weight >= 0; weight--) {
      effects.forEach(({ kind, mark }, effect) => {
        const some = [...new Set(own.filter((l) => l[EFFECT] === effect).flatMap((l) => shown(l, verb)))].sort((a, b) => a - b);
        const here = some.filter((v) => verbs[v].weight === weight);
        const classes = `chip ${weights[weight]} ${lost ? 'lost' : kind}`;
        const end = lost ? '' : mark;
        const chip = (text) => out.push(inWords ? element('span', { class: classes }, text + end) : element('span', { class: classes, 'data-text': text + end }));
        if (words.length > 2 && words.every((v) => some.includes(v))) {
          if (weight === weights.length - 1) chip('all');
          return;
        }
        const actions = here.filter((v) => !isWord(v));
        for (const v of here) if (inWords || isWord(v)) chip(inWords ? bare(v) : verbs[v].short);
        if (!inWords && actions.length > 0) chip(actions.length === 1 ? '1 call' : `${actions.length} calls`);
      });
    }
    return out;
  }

  function lineWords(line) {
    const where = line[REGIONS] ? ` in ${regionsOf(line)}` : '';
    const said = (effect, details) => `${effects[effect].word}${details.length === 0 ? '' : ` (${details.join(', ')})`}`;
    const what = `${namesOf(shown(line, state.verb))}${where}`;
    const change = changeOf(line);
    if (!change) return `${what} ${said(line[EFFECT], detailsOf(line))}`;
    return `${changeWords(change)} ${what}: ${said(line[EFFECT], detailsOf(line))}, before ${said(change[WAS], listed(change, WAS_CONDITIONS, WAS_NOTES))}`;
  }

  // changeWords say what became of something: "gains", "unknown, accepted".
  const changeWords = (change) => `${kinds[change[KIND]]}${change[PERHAPS] ? ', and may narrow as well,' : ''}${isAccepted(change) ? ', accepted,' : ''}`;

  // ---- Matrix

  function renderMatrix() {
    const rows = state.rows.slice(state.at.rows, state.at.rows + page.rows);
    const columns = state.principals.slice(state.at.columns, state.at.columns + page.columns);
    $('matrix-pages').replaceChildren(pager('rows', state.rows.length, page.rows), pager('columns', state.principals.length, page.columns, 'principals'));
    if (rows.length === 0 || columns.length === 0) return $('matrix-table').replaceChildren(nothing());
    const table = matrixOf(rows, columns, true);
    $('matrix-table').replaceChildren(table);
    const first = table.querySelector('.cell.open') ?? table.querySelector('.cell');
    if (first) first.tabIndex = 0;
    table.addEventListener('keydown', (event) => moveInTable(event, table));
  }

  // matrixOf makes a table of rows of secrets and columns of principals, in which a cell can be opened or is there to be printed.
  function matrixOf(rows, columns, opens) {
    const spans = [...grouped(columns, (p) => principals[p].group)];
    const over = element('tr', {}, element('td', { class: 'corner' }), ...spans.map(([g, of]) => {
      const { name, note, outside } = groups[g];
      return element('th', { scope: 'colgroup', colspan: of.length, class: outside ? 'outside' : '' }, element('span', {}, name, ...(note ? [element('b', {}, note)] : [])));
    }));
    const edge = new Set(spans.map(([, of]) => of[0]));
    const classOf = (p) => `${edge.has(p) ? 'edge ' : ''}${isOutside(p) ? 'outside' : ''}`;
    const head = element('tr', {}, element('th', { scope: 'col', class: 'corner' }, 'Secret'), ...columns.map((p) => {
      const { arn, note, become } = principals[p];
      const name = element('span', { class: 'turn' }, headOf(p), ...(become ? [element('span', { class: 'soft' }, ` → ${become.join(', ')}`)] : []));
      return element('th', { scope: 'col', class: classOf(p), title: [arn, note].filter(Boolean).join('; ') }, opens ? opener(name, p, -1) : name);
    }));
    const body = rows.map((of) => {
      const [s] = of;
      const name = element('span', { class: 'name' }, marked(secrets[s]));
      const more = of.length > 1 ? [element('span', { class: 'soft' }, `and ${plural(of.length - 1, 'other')} alike`)] : [];
      const title = of.length > 1 ? of.slice(0, 30).map((i) => secrets[i].id).join(', ') : secrets[s].arn;
      return element('tr', {}, element('th', { scope: 'row', title }, opens ? opener(element('span', {}, name, ...more), -1, s) : element('span', {}, name, ...more)),
        ...columns.map((p) => cell(p, s, of.length - 1, classOf(p), opens)));
    });
    return element('table', { class: 'matrix' }, element('thead', {}, over, head), element('tbody', {}, ...body));
  }

  // opener makes a head a button that opens what it is the head of.
  function opener(content, p, s) {
    const button = element('button', { type: 'button', class: 'head' }, content);
    button.addEventListener('click', () => open(p, s));
    return button;
  }

  // cell shows what a principal can do with a secret, in short; all of it stands in its label.
  function cell(p, s, alike, classes, opens) {
    const own = state.pairs.get(pairKey(p, s));
    const td = element('td', { class: classes });
    if (!own) return td;
    const across = isAcross(p, s);
    if (across) td.classList.add('across');
    if (!opens) {
      td.append(element('span', { class: 'cell' }, ...chipsOf(own, false)));
      return td;
    }
    const label = `${principals[p].id}, ${secrets[s].id}${alike ? ` and ${plural(alike, 'other')}` : ''}: ` + own.map(lineWords).join('; ') + (across ? '; from another account' : '');
    const button = element('button', { type: 'button', class: 'cell', tabindex: '-1', 'aria-label': label, 'data-who': p, 'data-what': s }, ...chipsOf(own, false));
    markOpen(button, p, s);
    button.addEventListener('click', () => open(p, s));
    td.append(button);
    return td;
  }

  function markOpen(button, p, s) {
    const is = state.who === p && state.what === s;
    button.classList.toggle('open', is);
    button.setAttribute('aria-expanded', is);
  }

  // moveInTable lets arrow keys lead from cell to cell: to the nearest one in their direction that is not empty. If a reason is open, it follows.
  function moveInTable(event, table) {
    const td = event.target.closest('td');
    const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
    if (!td || !step) return;
    event.preventDefault();
    let [row, column] = [td.parentNode.rowIndex + step[0], td.cellIndex + step[1]];
    for (let next = table.rows[row]?.cells[column]; row > 1 && next; next = table.rows[row]?.cells[column]) {
      const button = next.querySelector('.cell');
      if (button) {
        event.target.tabIndex = -1;
        button.tabIndex = 0;
        button.focus();
        if (state.who >= 0 && state.what >= 0) open(Number(button.dataset.who), Number(button.dataset.what));
        return;
      }
      [row, column] = [row + step[0], column + step[1]];
    }
  }

  // ---- List

  // entriesOf returns the pairs in the order of the list: by secret or principal, and those first that weigh most.
  function entriesOf() {
    const byPrincipal = $('order').value === 'p';
    const place = new Map(state.principals.map((p, i) => [p, i]));
    return [...state.pairs.values()].sort((a, b) => {
      const [x, y] = [a[0], b[0]];
      const heavier = scoreOf(y, state.verb) - scoreOf(x, state.verb);
      if (byPrincipal) return place.get(x[PRINCIPAL]) - place.get(y[PRINCIPAL]) || heavier || x[SECRET] - y[SECRET];
      return x[SECRET] - y[SECRET] || heavier || place.get(x[PRINCIPAL]) - place.get(y[PRINCIPAL]);
    });
  }

  function renderList() {
    const byPrincipal = $('order').value === 'p';
    const entries = entriesOf();
    $('list-pages').replaceChildren(pager('entries', entries.length, page.entries));
    if (entries.length === 0) return $('list-entries').replaceChildren(nothing());
    const field = byPrincipal ? PRINCIPAL : SECRET;
    const sections = grouped(entries.slice(state.at.entries, state.at.entries + page.entries), ([l]) => l[field]);
    $('list-entries').replaceChildren(...[...sections].map(([index, of]) => {
      const subject = byPrincipal ? principals[index] : secrets[index];
      return element('section', { class: 'entries' }, element('h3', {}, marked(subject), ...aboutOf(subject)), element('ul', {}, ...of.map((own) => entry(own, byPrincipal))));
    }));
  }

  // aboutOf are the ARN and what else is to be known of somebody or something.
  function aboutOf(subject) {
    const said = [subject.arn === subject.id ? '' : subject.arn, subject.note, subject.group === undefined || !groups[subject.group].note ? '' : `${groups[subject.group].note}: ${groups[subject.group].name}`];
    return said.filter(Boolean).map((text) => element('span', { class: 'arn' }, text));
  }

  function entry(own, byPrincipal) {
    const [p, s] = [own[0][PRINCIPAL], own[0][SECRET]];
    const other = byPrincipal ? secrets[s] : principals[p];
    const marks = isOutside(p) && !byPrincipal ? [element('span', { class: 'away' }, groups[principals[p].group].note)] : isAcross(p, s) ? [element('span', { class: 'away' }, 'another account')] : [];
    const button = element('button', { type: 'button', class: 'entry', 'data-who': p, 'data-what': s }, element('span', { class: 'name' }, marked(other), ...marks), element('span', { class: 'chips' }, ...chipsOf(own, true)));
    markOpen(button, p, s);
    button.addEventListener('click', () => (state.who === p && state.what === s ? close() : open(p, s)));
    return element('li', {}, button);
  }

  // {{reason}}: access_reason.js stands here
  // ---- Paper: the matrix in pieces that fit, its legend, and why.

  function renderPrint() {
    const parts = [element('p', { class: 'legend' }, ...legend())];
    const most = Math.max(1, Math.floor(page.printed.cells / Math.max(1, state.principals.length)));
    const rows = state.rows.slice(0, most);
    for (let from = 0; from < state.principals.length && rows.length > 0; from += page.printed.columns) parts.push(matrixOf(rows, state.principals.slice(from, from + page.printed.columns), false));
    if (rows.length < state.rows.length) parts.push(element('p', {}, `${plural(state.rows.length - rows.length, 'row is', 'rows are')} not printed: filter, and print what is left; or take the report as CSV.`));
    parts.push(element('h2', {}, 'Why'), element('div', { class: 'why' }, ...printedReasons()));
    $('print').replaceChildren(...parts);
  }

  // printedReasons are the lines by principal; secrets of which the same holds for the same reason are told together.
  function printedReasons() {
    const alikes = [...grouped(state.left, (l) => [l[PRINCIPAL], shown(l, state.verb), l[REGIONS], l[EFFECT], l[CONDITIONS], l[NOTES], l[REASON], l[CHANGE], ...becauseOf(l)].join(' ')).values()];
    const place = new Map(state.principals.map((p, i) => [p, i]));
    alikes.sort(([a], [b]) => place.get(a[PRINCIPAL]) - place.get(b[PRINCIPAL]) || scoreOf(b, state.verb) - scoreOf(a, state.verb));
    const some = alikes.slice(0, page.printed.entries);
    const out = [...grouped(some, ([l]) => l[PRINCIPAL])].map(([p, of]) => element('section', {}, element('h3', {}, marked(principals[p])), whoIs(p), ...of.map(printedLine)));
    if (alikes.length > some.length) out.push(element('p', {}, `${plural(alikes.length - some.length, 'entry is', 'entries are')} not printed: filter, and print what is left; or take the report as CSV.`));
    return out;
  }

  // becauseOf are the statements that make the difference, each document with its places once.
  function becauseOf(line) {
    const [by] = changeOf(line) && line[EVIDENCE] >= 0 ? evidence[line[EVIDENCE]] : [[]];
    return [...new Set(by.map(([document, , places]) => `because of the ${texts[document]}${places < 0 ? '' : ` (${texts[places]})`}`))];
  }

  function printedLine(of) {
    const [line] = of;
    const steps = line[REASON] < 0 ? [] : reasons[line[REASON]].map(([effect, asked, became, by]) => {
      const documents = by.map(([document, , places]) => texts[document] + (places < 0 ? '' : ` (${texts[places]})`));
      return { asked: texts[asked], said: [decided[effect], became < 0 ? '' : texts[became], documents.length > 0 ? `by the ${documents.join(', and the ')}` : ''].filter(Boolean).join(' ') };
    });
    const change = changeOf(line);
    const was = change ? [`before: ${[effects[change[WAS]].word, ...listed(change, WAS_CONDITIONS, WAS_NOTES)].join('; ')}`, ...(isAccepted(change) ? [`accepted: ${texts[change[ACCEPTED]]}`] : []), ...becauseOf(line)] : [];
    const because = [...grouped(steps, ({ said }) => said)].map(([said, all]) => element('li', {}, `${all.map(({ asked }) => asked).join(', ')}: ${said}`));
    return element('div', { class: 'printed' }, element('p', {}, ...chipsOf(of, true), ` ${effects[line[EFFECT]].word} in ${regionsOf(line)}: ${of.map((l) => secrets[l[SECRET]].id).join(', ')}`),
      element('ul', {}, ...detailsOf(line).map((c) => element('li', {}, c)), ...was.map((text) => element('li', {}, text)), ...because));
  }

  // ---- Legend and events

  function legend() {
    const sample = (classes, text, word) => element('span', {}, element('span', { class: `chip ${classes}`, 'data-text': text }), word);
    const used = words.filter((v) => state.left.some((l) => l[VERBS].includes(v)));
    const has = new Set(state.left.map((l) => l[EFFECT]));
    const seen = [...grouped(state.left.flatMap((l) => (changeOf(l) ? [changeOf(l)] : [])), (c) => `${c[KIND]}${isAccepted(c)}`).values()].map(([c]) => c).sort((a, b) => a[KIND] - b[KIND]);
    return [
      ...(seen.length > 0 ? [element('span', {}, element('b', {}, 'Change')), ...seen.map((c) => element('span', {}, changed(c, [], false), `${kinds[c[KIND]]}${isAccepted(c) ? ', accepted' : ''}`))] : []),
      element('span', {}, element('b', {}, 'Weight')), sample('value allow', 'Re', 'the value'), sample('change allow', 'Wr', 'changes'), sample('metadata allow', 'De', 'metadata'),
      element('span', {}, element('b', {}, 'Effect')), ...effects.flatMap(({ kind, word, mark }, i) => (has.has(i) ? [sample(`change ${kind}`, `Wr${mark}`, kind === 'deny' ? 'denied although something allows it' : word)] : [])),
      ...(state.left.some((l) => isAcross(l[PRINCIPAL], l[SECRET])) ? [element('span', {}, element('span', { class: 'sample across' }), 'from another account')] : []),
      element('span', { class: 'verbs' }, ...used.map((v) => element('span', {}, element('b', {}, verbs[v].short), verbs[v].name))),
    ];
  }

  function listen() {
    $('filters').addEventListener('input', () => {
      clearTimeout(typing);
      typing = setTimeout(filter, 120);
    });
    $('filters').addEventListener('reset', () => setTimeout(filter));
    $('filters').addEventListener('submit', (event) => event.preventDefault());
    $('fold').addEventListener('change', filter);
    $('order').addEventListener('change', filter);
    const tabs = [...document.querySelectorAll('[role="tab"]')];
    const select = (tab) => {
      state.view = tab.id === 'tab-list' ? 'list' : '';
      render();
    };
    tabs.forEach((tab, i) => {
      tab.addEventListener('click', () => select(tab));
      tab.addEventListener('keydown', (event) => {
        const to = { ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: tabs.length - 1 }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        const next = tabs[(to + tabs.length) % tabs.length];
        select(next);
        next.focus();
      });
    });
    document.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && (state.who >= 0 || state.what >= 0)) close();
    });
    document.querySelector('.skip').addEventListener('click', (event) => { // the address stays what it is
      event.preventDefault();
      $('results').focus();
    });
    addEventListener('hashchange', () => { // by a link of the page
      readAddress();
      if (state.what < 0) $('views').scrollIntoView();
    });
    isNarrow.addEventListener('change', render);
    const closed = document.querySelectorAll('header details:not([open]), .top details:not([open])');
    const unfold = (is) => closed.forEach((details) => { details.open = is; });
    addEventListener('beforeprint', () => {
      unfold(true);
      renderPrint();
    });
    addEventListener('afterprint', () => {
      unfold(false);
      $('print').replaceChildren();
    });
  }

  verbs.forEach((v, i) => $('verb').append(element('option', { value: i }, v.name)));
  $('views').hidden = false;
  listen();
  readAddress();
})();
