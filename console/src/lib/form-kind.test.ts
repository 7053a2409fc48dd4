import { expect, it } from 'vitest';
import { formKind } from './form-kind';

const ref = { key: 'person', binding: 'latest', version: null };

it.each([
  [{ key: null, camundaFormRef: null }, { kind: 'generated' }],
  [{ key: null, camundaFormRef: ref }, { kind: 'camunda' }],
  [{ key: 'camunda-forms:deployment:a.form', camundaFormRef: null }, { kind: 'camunda' }],
  [
    { key: 'embedded:engine://engine/:engine/task/1/rendered-form', camundaFormRef: null },
    { kind: 'generated' },
  ],
  [{ key: 'embedded:deployment:a.html', camundaFormRef: null }, { kind: 'deployed-html' }],
  [
    { key: 'embedded:app:forms/a.html', camundaFormRef: null },
    { kind: 'app-html', path: '/shop/forms/a.html' },
  ],
  [
    { key: 'embedded:/forms/a.html', camundaFormRef: null },
    { kind: 'app-html', path: '/forms/a.html' },
  ],
  [
    { key: 'app:a.jsf', camundaFormRef: null },
    { kind: 'external', url: '/shop/a.jsf' },
  ],
  [
    { key: 'https://example.org/f', camundaFormRef: null },
    { kind: 'external', url: 'https://example.org/f' },
  ],
])('%o', (info, kind) => {
  expect(formKind({ contextPath: '/shop', ...info })).toEqual(kind);
});
