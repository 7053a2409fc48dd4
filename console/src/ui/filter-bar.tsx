import { useState } from 'react';
import type { Criterion, FieldSpec } from '../lib/filters';
import { variableOperators } from '../lib/filter-fields';
import { en } from '../text/en';
import { Button, IconButton, Select, TextField } from './controls';
import { FormDialog } from './dialog';

interface FilterBarProps {
  fields: FieldSpec[];
  criteria: Criterion[];
  onChange: (criteria: Criterion[]) => void;
}

/** The criteria as removable chips, and the dialog that adds one. */
export function FilterBar({ fields, criteria, onChange }: FilterBarProps) {
  const [editing, setEditing] = useState<number | 'new' | null>(null);
  const save = (criterion: Criterion) => {
    onChange(
      editing === 'new'
        ? [...criteria, criterion]
        : criteria.map((old, i) => (i === editing ? criterion : old)),
    );
    setEditing(null);
  };
  return (
    <div className="filter-bar" role="group" aria-label={en.filters.title}>
      {criteria.map((criterion, index) => (
        <span key={`${index}-${criterion.field}`} className="chip">
          <button type="button" className="chip-text" onClick={() => setEditing(index)}>
            {describe(fields, criterion)}
          </button>
          <IconButton
            icon="close"
            label={en.filters.remove(describe(fields, criterion))}
            onClick={() => onChange(criteria.filter((_, i) => i !== index))}
          />
        </span>
      ))}
      <Button small look="ghost" icon="filter" onClick={() => setEditing('new')} data-shortcut="filter">
        {en.filters.add}
      </Button>
      {criteria.length > 1 && (
        <Button small look="ghost" onClick={() => onChange([])}>
          {en.filters.clear}
        </Button>
      )}
      {editing !== null && (
        <CriterionDialog
          fields={fields}
          initial={editing === 'new' ? null : (criteria[editing] ?? null)}
          onSave={save}
          onClose={() => setEditing(null)}
        />
      )}
    </div>
  );
}

function describe(fields: FieldSpec[], criterion: Criterion): string {
  const field = fields.find((candidate) => candidate.id === criterion.field);
  const label = field?.label ?? criterion.field;
  if (field?.kind === 'flag') return label;
  const operator =
    field?.operators.find((candidate) => candidate.id === criterion.operator)?.label ?? criterion.operator;
  const value = field?.choices?.find((choice) => choice.id === criterion.value)?.label ?? criterion.value;
  const subject = field?.kind === 'variable' ? (criterion.name ?? '') : label;
  return `${subject} ${operator} ${value.replace('T', ' ')}`.trim();
}

interface CriterionDialogProps {
  fields: FieldSpec[];
  initial: Criterion | null;
  onSave: (criterion: Criterion) => void;
  onClose: () => void;
}

function CriterionDialog({ fields, initial, onSave, onClose }: CriterionDialogProps) {
  const [fieldId, setFieldId] = useState(initial?.field ?? fields[0]!.id);
  const field = fields.find((candidate) => candidate.id === fieldId) ?? fields[0]!;
  const operators = field.kind === 'variable' ? variableOperators : field.operators;
  const [operator, setOperator] = useState(initial?.operator ?? operators[0]?.id ?? 'is');
  const [value, setValue] = useState(initial?.value ?? field.choices?.[0]?.id ?? '');
  const [name, setName] = useState(initial?.name ?? '');
  const known = operators.some((candidate) => candidate.id === operator)
    ? operator
    : (operators[0]?.id ?? 'is');
  const valueless = field.kind === 'flag' || (field.id === 'incident' && known === 'any');

  const choose = (id: string) => {
    const next = fields.find((candidate) => candidate.id === id)!;
    setFieldId(id);
    setOperator((next.kind === 'variable' ? variableOperators : next.operators)[0]?.id ?? 'is');
    setValue(next.choices?.[0]?.id ?? '');
  };
  const submit = () =>
    onSave({
      field: field.id,
      operator: known,
      value: valueless ? 'true' : value,
      ...(field.kind === 'variable' ? { name } : {}),
    });

  return (
    <FormDialog
      title={initial ? en.filters.edit : en.filters.add}
      submit={en.filters.apply}
      onSubmit={submit}
      onClose={onClose}
      disabled={(!valueless && value === '') || (field.kind === 'variable' && name === '')}
    >
      <Select label={en.filters.field} value={field.id} options={fields} onChange={choose} />
      {field.kind === 'variable' && (
        <TextField label={en.filters.variableName} value={name} onChange={setName} required />
      )}
      {operators.length > 1 && (
        <Select label={en.filters.operator} value={known} options={operators} onChange={setOperator} />
      )}
      {!valueless && field.choices && (
        <Select label={en.filters.value} value={value} options={field.choices} onChange={setValue} />
      )}
      {!valueless && !field.choices && (
        <TextField
          label={en.filters.value}
          type={field.kind === 'date' ? 'datetime-local' : field.kind === 'number' ? 'number' : 'text'}
          value={value}
          onChange={setValue}
          hint={field.kind === 'variable' ? en.filters.valueHint : undefined}
          required
        />
      )}
    </FormDialog>
  );
}
