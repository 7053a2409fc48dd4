import { useImperativeHandle, useState, type ReactNode, type Ref } from 'react';
import type { Json, VariableMap, VariableValue } from '../api/types';
import {
  editableText,
  editableTypes,
  isEditable,
  parseVariable,
  previewText,
  VariableError,
} from '../lib/variables';
import { en } from '../text/en';
import { Button, IconButton, Select } from '../ui/controls';
import type { FormHandle } from './handle';

interface Row {
  key: number;
  name: string;
  type: string;
  text: string;
  /** What the variable was; `null` for one added here. */
  original: VariableValue | null;
}

interface GenericFormProps {
  variables: VariableMap;
  note: ReactNode;
  disabled?: boolean;
  ref: Ref<FormHandle>;
}

const typeOptions = editableTypes.map((type) => ({ id: type as string, label: type }));
let nextKey = 0;

const toRow = ([name, variable]: [string, VariableValue]): Row => ({
  key: nextKey++,
  name,
  type: variable.type,
  text: editableText(variable),
  original: variable,
});

/** Variables by name, type and value. Only what was changed or added is sent. */
export function GenericForm({ variables, note, disabled, ref }: GenericFormProps) {
  const [rows, setRows] = useState<Row[]>(() => Object.entries(variables).map(toRow));
  const update = (key: number, change: Partial<Row>) =>
    setRows((list) => list.map((row) => (row.key === key ? { ...row, ...change } : row)));

  useImperativeHandle(ref, () => ({ collect: () => collect(rows) }), [rows]);

  return (
    <div className="generic-form">
      {note && <p className="note">{note}</p>}
      {rows.map((row) => (
        <div key={row.key} className="variable-row">
          {row.original ? (
            <code className="clip">{row.name}</code>
          ) : (
            <input
              aria-label={en.forms.variableName}
              placeholder={en.forms.variableName}
              value={row.name}
              onChange={(event) => update(row.key, { name: event.target.value })}
              autoFocus
            />
          )}
          <Select
            label={en.forms.typeOf(row.name)}
            inline
            value={row.type}
            disabled={disabled || !isEditable(row.type)}
            options={isEditable(row.type) ? typeOptions : [{ id: row.type, label: row.type }]}
            onChange={(type) => update(row.key, { type })}
          />
          {isEditable(row.type) ? (
            <ValueInput row={row} disabled={disabled} onChange={(text) => update(row.key, { text })} />
          ) : (
            <span className="muted clip">{row.original ? previewText(row.original) : ''}</span>
          )}
          {!row.original && (
            <IconButton
              icon="close"
              label={en.forms.removeVariable(row.name)}
              onClick={() => setRows(rows.filter((other) => other !== row))}
            />
          )}
        </div>
      ))}
      <Button
        small
        look="ghost"
        icon="plus"
        disabled={disabled}
        onClick={() =>
          setRows([...rows, { key: nextKey++, name: '', type: 'String', text: '', original: null }])
        }
      >
        {en.forms.addVariable}
      </Button>
    </div>
  );
}

function ValueInput({
  row,
  disabled,
  onChange,
}: {
  row: Row;
  disabled?: boolean;
  onChange: (text: string) => void;
}) {
  const label = en.forms.valueOf(row.name);
  if (row.type === 'Boolean') {
    const value = row.text === 'true' ? 'true' : 'false';
    return (
      <Select label={label} inline value={value} disabled={disabled} options={booleans} onChange={onChange} />
    );
  }
  if (row.type === 'Null') return <span className="muted">null</span>;
  const common = { 'aria-label': label, value: row.text, disabled };
  return row.type === 'Json' || row.type === 'Xml' || row.type === 'Object' ? (
    <textarea rows={3} {...common} onChange={(event) => onChange(event.target.value)} />
  ) : (
    <input {...common} onChange={(event) => onChange(event.target.value)} />
  );
}

const booleans = [
  { id: 'true', label: 'true' },
  { id: 'false', label: 'false' },
];

function collect(rows: Row[]): Record<string, VariableValue> {
  const result: Record<string, VariableValue> = {};
  for (const row of rows) {
    const untouched =
      row.original && row.type === row.original.type && row.text === editableText(row.original);
    if (untouched || row.name.trim() === '' || !isEditable(row.type)) continue;
    try {
      const text = row.type === 'Boolean' && row.text !== 'true' ? 'false' : row.text;
      result[row.name.trim()] = parseVariable(
        row.type,
        text,
        row.original?.valueInfo as Record<string, Json>,
      );
    } catch (error) {
      if (error instanceof VariableError) throw new VariableError(`${row.name}: ${error.message}`);
      throw error;
    }
  }
  return result;
}
