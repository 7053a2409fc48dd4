import { describe, expect, it } from 'vitest';
import {
  editableText,
  fromPlain,
  inferValue,
  parseVariable,
  previewText,
  toPlain,
  VariableError,
} from './variables';

describe('parseVariable', () => {
  it.each([
    ['Boolean', 'true', true],
    ['Integer', ' 12 ', 12],
    ['Integer', '-2147483648', -2147483648],
    ['Long', '42', 42],
    ['Long', '9223372036854775807', '9223372036854775807'],
    ['Double', '1.5', 1.5],
    ['String', ' keep spaces ', ' keep spaces '],
    ['Json', ' {"a":1} ', '{"a":1}'],
    ['Null', 'ignored', null],
  ])('%s from "%s"', (type, text, value) => {
    expect(parseVariable(type, text)).toEqual({ type, value });
  });

  it.each([
    ['Boolean', 'yes'],
    ['Integer', '2147483648'],
    ['Integer', '1.5'],
    ['Integer', ''],
    ['Long', '1e3'],
    ['Double', ''],
    ['Double', 'Infinity'],
    ['Date', 'tomorrow'],
    ['Json', '{a:1}'],
  ])('refuses "%2$s" as %1$s', (type, text) => {
    expect(() => parseVariable(type, text)).toThrow(VariableError);
  });

  it('writes dates in the only form the server reads', () => {
    expect(parseVariable('Date', '2030-01-31T12:00:00Z').value).toBe('2030-01-31T12:00:00.000+0000');
    expect(parseVariable('Date', '2030-01-31T12:00:00.000+0100').value).toBe('2030-01-31T11:00:00.000+0000');
  });

  it('keeps how an object is serialised', () => {
    const info = { objectTypeName: 'java.util.ArrayList', serializationDataFormat: 'application/json' };
    expect(parseVariable('Object', '[1]', info)).toEqual({ type: 'Object', value: '[1]', valueInfo: info });
  });
});

describe('inferValue', () => {
  it.each([
    ['12', 12],
    ['-1.5', -1.5],
    ['true', true],
    ['null', null],
    ['"12"', '12'],
    ['12a', '12a'],
    ['', ''],
  ])('%s', (text, value) => {
    expect(inferValue(text)).toBe(value);
  });
});

describe('plain values of forms', () => {
  it.each([
    ['text', 'String'],
    [true, 'Boolean'],
    [7, 'Integer'],
    [2 ** 31, 'Long'],
    [0.5, 'Double'],
    [null, 'Null'],
    [undefined, 'Null'],
    [['a'], 'Json'],
  ])('%o becomes %s', (value, type) => {
    expect(fromPlain(value).type).toBe(type);
  });

  it('opens JSON, and leaves broken JSON as it is', () => {
    expect(toPlain({ type: 'Json', value: '{"a":[1]}' })).toEqual({ a: [1] });
    expect(toPlain({ type: 'Json', value: '{' })).toBe('{');
    expect(toPlain({ type: 'String', value: '{"a":1}' })).toBe('{"a":1}');
  });
});

describe('reading', () => {
  it('shortens long values', () => {
    expect(previewText({ type: 'String', value: 'x'.repeat(400) })).toHaveLength(301);
  });

  it('names files by their file name', () => {
    expect(previewText({ type: 'File', value: null, valueInfo: { filename: 'a.pdf' } })).toBe('a.pdf');
  });

  it('distinguishes null from an empty text', () => {
    expect(previewText({ type: 'String', value: '' })).toBe('');
    expect(previewText({ type: 'String', value: null })).toBe('null');
    expect(editableText({ type: 'Json', value: { a: 1 } })).toBe('{"a":1}');
  });
});
