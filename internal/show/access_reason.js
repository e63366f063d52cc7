  // ---- The reason of what is open

  function open(p, s) {
    Object.assign(state, { who: p, what: s });
    for (const button of document.querySelectorAll('[data-who]')) markOpen(button, Number(button.dataset.who), Number(button.dataset.what));
    renderReason();
    writeAddress();
  }

  function close() {
    const back = document.querySelector(`[data-who="${state.who}"][data-what="${state.what}"]`);
    open(-1, -1);
    back?.focus();
  }

  // showOpen turns the pages to what the address says is open.
  function showOpen() {
    if (state.who < 0 || state.what < 0) return;
    const row = state.rows.findIndex((of) => of.includes(state.what));
    const column = state.principals.indexOf(state.who);
    const entry = entriesOf().findIndex(([l]) => l[PRINCIPAL] === state.who && l[SECRET] === state.what);
    if (entry >= 0) state.at.entries = entry - entry % page.entries;
    if (row >= 0) state.at.rows = row - row % page.rows;
    if (column >= 0) state.at.columns = column - column % page.columns;
    render();
    document.querySelector('.cell.open, .entry.open')?.scrollIntoView({ block: 'center', inline: 'center' });
  }

  // renderReason writes it beside the matrix, or in the list below its entry.
  function renderReason() {
    const aside = reasonPlace;
    const isOpen = state.who >= 0 || state.what >= 0;
    aside.hidden = !isOpen;
    $('opened').textContent = '';
    const below = viewNow() === 'list' ? document.querySelector('.entry.open') : null;
    if (below) below.parentNode.append(aside);
    else if (aside.parentNode !== document.querySelector('.split')) document.querySelector('.split').append(aside);
    document.querySelector('.split').classList.toggle('beside', isOpen && !below);
    if (!isOpen) return;
    const button = element('button', { type: 'button', class: 'close', 'aria-label': 'Close the reason' }, '×');
    button.addEventListener('click', close);
    aside.replaceChildren(button, ...(state.who < 0 || state.what < 0 ? subjectParts() : pairParts()));
    aside.scrollTop = 0;
    $('opened').textContent = `Open: ${aside.querySelector('h2').textContent}`;
  }

  // pairParts tell why a principal may do what it may with a secret.
  function pairParts() {
    const [p, s] = [state.who, state.what];
    const row = state.rows.find((of) => of.includes(s)) ?? [s];
    const own = lines.filter((l) => l[PRINCIPAL] === p && l[SECRET] === s).sort((a, b) => scoreOf(b, -1) - scoreOf(a, -1));
    const parts = [element('h2', {}, marked(principals[p]), element('span', { class: 'soft' }, ' with '), marked(secrets[s])), whoIs(p), element('p', { class: 'arn' }, secrets[s].arn)];
    if (isAcross(p, s)) parts.push(element('p', {}, element('span', { class: 'away' }, 'another account'), ` The secret is of ${secrets[s].account}, the principal of ${principals[p].account}.`));
    if (row.length > 1 && viewNow() === 'matrix') parts.push(alike(row, s));
    parts.push(...own.map(lineParts));
    if (own.some(changeOf) && command.diff) parts.push(...changeCommand(p, s));
    if (own.length === 0) parts.push(element('p', {}, 'Nothing is allowed, in no circumstance.'));
    return parts;
  }

  function whoIs(p) {
    const { arn, id, note, become, group } = principals[p];
    const { name, outside, note: far } = groups[group];
    const said = element('p', { class: 'arn' }, [arn === id ? '' : arn, note].filter(Boolean).join('; '));
    if (outside) said.append(' ', element('span', { class: 'away' }, `${far}: ${name}`));
    if (!become) return said;
    const others = become.flatMap((other, i) => [i > 0 ? ', ' : '', principalNumbers.has(other) ? linkTo(other) : other]);
    return element('div', {}, said, element('p', {}, 'May become ', ...others, ', whose access is not counted here.'));
  }

  function linkTo(id) {
    const link = element('button', { type: 'button', class: 'link' }, id);
    link.addEventListener('click', () => open(principalNumbers.get(id), state.what));
    return link;
  }

  // alike lets choose one of the secrets of a folded row.
  function alike(row, s) {
    const select = element('select', { id: 'alike' }, ...row.slice(0, page.names).map((i) => element('option', { value: i }, secrets[i].id)));
    select.value = s;
    select.addEventListener('change', () => {
      open(state.who, Number(select.value));
      $('alike').focus();
    });
    const rest = row.length > page.names ? ` The first ${number(page.names)} can be chosen here; search for the others.` : '';
    return element('p', { class: 'alike' }, element('label', { for: 'alike' }, `The same holds of ${plural(row.length, 'secret')}: `), select, rest);
  }

  // lineParts tell what a line says, what decides it, and how to ask.
  function lineParts(line) {
    const change = changeOf(line);
    const { word } = effects[line[EFFECT]];
    const head = element('h3', {}, element('span', { class: 'chips' }, ...chipsOf([line], true, -1)), change ? ` in ${regionsOf(line)}` : ` ${word} in ${regionsOf(line)}`);
    if (change) return element('section', { class: 'line' }, head, ...changeParts(change, line), ...askAgain(line));
    const why = line[REASON] < 0 ? (ofChanges ? [] : [element('p', { class: 'soft' }, 'Why, the page does not say; this command does:')]) : [element('ol', { class: 'steps' }, ...reasons[line[REASON]].map((step) => stepParts(step, line)))];
    return element('section', { class: 'line' }, head, ...listOf(detailsOf(line)), ...why, ...askAgain(line));
  }

  const listOf = (texts) => (texts.length === 0 ? [] : [element('ul', { class: 'must' }, ...texts.map((c) => element('li', {}, c)))]);

  // askAgain are the commands that give the same answers: of what changed for the state before, too.
  function askAgain(line) {
    if (ofChanges && !command.diff) return [];
    const [which, ...others] = heaviestFirst(line[VERBS]);
    const of = (v) => (ofChanges ? [[changeOf(line) ? command.before : '', 'before'], [command.after, 'now']] : [[command.paths, '']]).flatMap(([paths, when]) => (ofChanges && !paths ? [] : [commandFor(line, v, paths, when)]));
    const more = others.flatMap(of);
    return [...of(which), ...(more.length === 0 ? [] : [element('details', { class: 'statement' }, element('summary', {}, `and for ${plural(others.length, 'other')}: ${others.map(bare).join(', ')}`), ...more)])];
  }

  // changeParts tell what was before and is now, why it is accepted, and what shows it.
  function changeParts(change, line) {
    const side = (name, effect, details) => element('div', {}, element('h4', {}, name), element('p', {}, element('b', {}, effects[effect].word)), ...listOf(details));
    const parts = [element('div', { class: 'sides' }, side('Before', change[WAS], listed(change, WAS_CONDITIONS, WAS_NOTES)), side('Now', line[EFFECT], detailsOf(line)))];
    if (change[PERHAPS]) parts.push(element('p', {}, 'It may narrow as well: that is not known.'));
    if (isAccepted(change)) parts.push(element('p', {}, element('b', {}, 'Accepted: '), texts[change[ACCEPTED]]));
    if (line[EVIDENCE] < 0) return [...parts, element('p', { class: 'soft' }, 'What makes the difference, the page does not say; the command below does.')];
    const [by, gained, lost] = evidence[line[EVIDENCE]];
    if (by.length > 0) parts.push(element('h4', {}, 'What makes the difference'), ...by.flatMap((one) => decidingParts(one, line)));
    return [...parts, ...requestParts('allowed now, and refused before', gained, line), ...requestParts('allowed before, and refused now', lost, line)];
  }

  // decidingParts are a statement that makes the difference, and in sight where it is written.
  function decidingParts([document, text, places, failed], line) {
    return [statementParts([document, text, -1, failed], line, 0), ...(places < 0 ? [] : [element('p', { class: 'places' }, `at ${texts[places]}`)])];
  }

  // requestParts are complete requests that one side allows and the other refuses.
  function requestParts(which, list, line) {
    if (list.length === 0) return [];
    const { arn } = secrets[line[SECRET]];
    return [element('details', { class: 'statement' }, element('summary', {}, `A request that is ${which}`), ...list.map((i) => element('pre', { tabindex: '0' }, texts[i].replaceAll(thisARN, () => arn))))];
  }

  // changeCommand is the command that writes all that changed between two, as JSON.
  function changeCommand(p, s) {
    const quoted = ({ id, name }) => JSON.stringify(name ?? id).replaceAll("'", "'\\''");
    const { environment } = principals[p];
    const where = `.principal == ${quoted(principals[p])} and .secret == ${quoted(secrets[s])}${environment ? ` and .environment == ${JSON.stringify(environment)}` : ''}`;
    return [element('section', { class: 'line' }, element('h3', {}, 'All that changed here, as JSON'), copied(`${command.diff} | jq '.access[] | select(${where})'`))];
  }

  function stepParts([effect, asked, became, by], line) {
    const word = decided[effect];
    const said = became < 0 ? word : `${word}: ${texts[became]}`;
    return element('li', {}, texts[asked], ' ', element('b', {}, said), ...by.map((one) => statementParts(one, line, effect)));
  }

  function statementParts([document, text, places, failed], line, effect) {
    const nearly = failed < 0 ? (effect > 1 && effect < 3 ? 'nearly: ' : '') : `would be allowed ${texts[failed]}, by the `;
    const head = element('summary', {}, `${nearly}${texts[document]}`);
    const place = places < 0 ? [] : [element('p', { class: 'places' }, `from ${texts[places]}`)];
    if (text < 0) return element('div', { class: 'statement' }, element('p', {}, head.textContent), ...place);
    const arn = secrets[line[SECRET]].arn;
    return element('details', { class: 'statement' }, head, element('pre', { tabindex: '0' }, texts[text].replaceAll(thisARN, () => arn)), ...place);
  }

  // commandFor is the command that gives the same answer, ready to be copied.
  function commandFor(line, verb, paths, when) {
    const [who, what] = [principals[line[PRINCIPAL]], secrets[line[SECRET]]];
    const plain = /^[A-Za-z0-9_./:@%+,-]+$/;
    const quoted = (subject) => subject.ask ?? (plain.test(subject.id) ? subject.id : `'${subject.id}'`);
    const environment = who.environment ? `--environment ${who.environment}` : '';
    return copied(['secretctl why', quoted(who), verbs[verb].name, quoted(what), command.flags, environment, paths].filter(Boolean).join(' '), when);
  }

  function copied(text, when) {
    const code = element('code', {}, text);
    const button = element('button', { type: 'button', 'aria-label': `Copy: ${text}` }, 'Copy');
    button.addEventListener('click', async () => {
      getSelection().selectAllChildren(code);
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = 'Copied';
      } catch {
        button.textContent = 'Selected';
      }
    });
    return element('p', { class: 'command' }, ...(when ? [element('span', { class: 'soft' }, when)] : []), code, button);
  }

  // subjectParts tell with what a principal, or who with a secret, can do something.
  function subjectParts() {
    const isPrincipal = state.who >= 0;
    const index = isPrincipal ? state.who : state.what;
    const subject = isPrincipal ? principals[index] : secrets[index];
    const own = [...grouped(lines.filter((l) => l[isPrincipal ? PRINCIPAL : SECRET] === index), (l) => pairKey(l[PRINCIPAL], l[SECRET])).values()]
      .sort((a, b) => Math.max(...b.map((l) => scoreOf(l, -1))) - Math.max(...a.map((l) => scoreOf(l, -1))));
    const links = own.slice(0, page.names).map((of) => {
      const button = element('button', { type: 'button', class: 'entry' }, element('span', { class: 'name' }, isPrincipal ? marked(secrets[of[0][SECRET]]) : marked(principals[of[0][PRINCIPAL]])), element('span', { class: 'chips' }, ...chipsOf(of, true)));
      button.addEventListener('click', () => open(of[0][PRINCIPAL], of[0][SECRET]));
      return element('li', {}, button);
    });
    const rest = own.length > links.length ? [element('p', {}, `and ${number(own.length - links.length)} others: search for them`)] : [];
    return [element('h2', {}, marked(subject)), ...(isPrincipal ? [whoIs(index)] : [element('p', { class: 'arn' }, [subject.arn, subject.note].filter(Boolean).join('; '))]),
      own.length === 0 ? element('p', {}, isPrincipal ? 'It can do nothing with any secret.' : 'Nobody can do anything with it.') : element('ul', { class: 'plain' }, ...links), ...rest];
  }

