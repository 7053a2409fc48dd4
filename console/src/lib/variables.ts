/** Variables as people type and read them, and as the API wants them. */
import type { Json, VariableValue } from '../api/types';
import { toEngineDate } from './format';

export const editableTypes = [
  'String',
  'Integer',
  'Long',
  'Double',
  'Boolean',
  'Date',
  'Json',
  'Xml',
  'Object',
  'Null',
] as const;
export type EditableType = (typeof editableTypes)[number];

export const isEditable = (type: string): type is EditableType =>
  (editableTypes as readonly string[]).includes(type);

export class VariableError extends Error {}

/** What a person typed, as a value of the type. Throws a `VariableError` that says what is expected. */
export function parseVariable(
  type: string,
  input: string,
  valueInfo?: Record<string, Json> | null,
): VariableValue {
  const trimmed = input.trim();
  switch (type) {
    case 'Null':
      return { type, value: null };
    case 'Boolean':
      if (trimmed !== 'true' && trimmed !== 'false') throw new VariableError('expected `true` or `false`');
      return { type, value: trimmed === 'true' };
    case 'Short':
    case 'Integer':
      return { type, value: parseInteger(trimmed, type === 'Short' ? 16 : 32) };
    case 'Long': {
      // Beyond 2^53 a number would lose digits; the server reads the text.
      if (!/^[+-]?\d+$/.test(trimmed)) throw new VariableError('expected a whole number');
      const value = Number(trimmed);
      return { type, value: Number.isSafeInteger(value) ? value : trimmed };
    }
    case 'Double': {
      const value = Number(trimmed);
      if (trimmed === '' || !Number.isFinite(value)) throw new VariableError('expected a number');
      return { type, value };
    }
    case 'Date': {
      const date = new Date(trimmed.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
      if (Number.isNaN(date.getTime())) throw new VariableError('expected a date like 2030-01-31T12:00');
      return { type, value: toEngineDate(date) };
    }
    case 'Json':
      try {
        JSON.parse(trimmed);
      } catch (error) {
        throw new VariableError(error instanceof Error ? error.message : 'expected JSON');
      }
      return { type, value: trimmed };
    case 'Object':
      return { type, value: input, valueInfo: valueInfo ?? {} };
    default:
      return { type, value: input, ...(valueInfo ? { valueInfo } : {}) };
  }
}

function parseInteger(text: string, bits: 16 | 32): number {
  const limit = 2 ** (bits - 1);
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || value < -limit || value >= limit)
    throw new VariableError(`expected a whole number of ${bits} bit`);
  return value;
}

/** The text a person starts from when editing. */
export function editableText(variable: { type: string; value: Json }): string {
  const { value } = variable;
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** One line for a table. */
export function previewText(variable: {
  type: string;
  value: Json;
  valueInfo?: Record<string, Json> | null;
}): string {
  if (variable.type === 'File') return String(variable.valueInfo?.['filename'] ?? 'file');
  if (variable.type === 'Bytes') return 'bytes';
  if (variable.value === null || variable.value === undefined) return 'null';
  const text = editableText(variable);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** For filters, where no type is asked for: `12` is a number, `true` a boolean, `"12"` a string. */
export function inferValue(input: string): Json {
  const trimmed = input.trim();
  if (trimmed === 'true') return true;
  if (trimmed === 'false') return false;
  if (trimmed === 'null') return null;
  if (/^-?\d+(\.\d+)?$/.test(trimmed) && Number.isFinite(Number(trimmed))) return Number(trimmed);
  const quoted = /^"(.*)"$/s.exec(trimmed);
  return quoted ? (quoted[1] ?? '') : trimmed;
}

/** A plain JavaScript value, as form-js delivers it, as a variable. Arrays and objects become Json. */
export function fromPlain(value: unknown): VariableValue {
  if (value === null || value === undefined) return { type: 'Null', value: null };
  switch (typeof value) {
    case 'boolean':
      return { type: 'Boolean', value };
    case 'number':
      if (!Number.isInteger(value)) return { type: 'Double', value };
      return { type: Math.abs(value) < 2 ** 31 ? 'Integer' : 'Long', value };
    case 'string':
      return { type: 'String', value };
    default:
      return { type: 'Json', value: JSON.stringify(value) };
  }
}

/** The opposite: what form-js reads. Json and JSON-serialised objects are opened. */
export function toPlain(variable: VariableValue): unknown {
  const json =
    variable.type === 'Json' ||
    (variable.type === 'Object' && variable.valueInfo?.['serializationDataFormat'] === 'application/json');
  if (json && typeof variable.value === 'string') {
    try {
      return JSON.parse(variable.value) as unknown;
    } catch {
      return variable.value;
    }
  }
  return variable.value;
}
