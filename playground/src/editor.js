// The editor: CodeMirror with what the compiler found.

import { yaml } from '@codemirror/lang-yaml';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { basicSetup } from 'codemirror';

export function newEditor(parent, changed) {
  const view = new EditorView({
    parent,
    state: EditorState.create({ extensions: [
      basicSetup, yaml(), lintGutter(), EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': 'The spec, in YAML' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) changed();
      }),
    ] }),
  });
  const text = () => view.state.doc.toString();
  // offset is where a place of the compiler is: its columns count characters, CodeMirror counts units of UTF-16.
  const offset = (line, column) => {
    if (line < 1 || line > view.state.doc.lines) return view.state.doc.length;
    const { from, text: own } = view.state.doc.line(line);
    return from + [...own].slice(0, column - 1).join('').length;
  };
  const range = ({ Line, Column, EndLine, EndColumn }) => ({ from: offset(Line, Column), to: Math.max(offset(EndLine, EndColumn), offset(Line, Column)) });
  return {
    text,
    set: (doc) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: doc }, scrollIntoView: true }),
    mark: (diagnostics) => view.dispatch(setDiagnostics(view.state, diagnostics.filter((d) => d.Place.Line > 0).map((d) => ({
      ...range(d.Place), severity: d.Severity === 'note' ? 'info' : d.Severity, message: `${d.Message}\n${d.Hint ? `hint: ${d.Hint}` : ''}`.trim(), source: d.Code,
    })))),
    goTo: (place) => {
      const { from, to } = range(place);
      view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
      view.focus();
    },
    repair: (fixes) => {
      view.dispatch({ changes: fixes.map(({ Place, Text }) => ({ ...range(Place), insert: Text })) });
      view.focus();
    },
  };
}
