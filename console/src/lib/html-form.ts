/**
 * Embedded and generated forms: HTML whose fields carry `cam-variable-name`. Camunda's own library is built on
 * AngularJS; here the fields work and the scripts do not run.
 */
import type { VariableMap, VariableValue } from '../api/types';
import { editableText, parseVariable } from './variables';

type FieldElement = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const fieldSelector = '[cam-variable-name]';

/** The form without what could act by itself: scripts, handlers, foreign documents, Angular's validation hints. */
export function sanitizeForm(html: string): { body: string; scripted: boolean } {
  const document = new DOMParser().parseFromString(html, 'text/html');
  const scripted = document.querySelector('script') !== null;
  const unwanted =
    'script, style, link, meta, base, iframe, frame, object, embed, template, noscript, svg, math, [ng-if*="$invalid"], [ng-show*="$invalid"], [ng-if*="$error"], [ng-show*="$error"]';
  for (const element of document.querySelectorAll(unwanted)) element.remove();
  // A validation hint of a generated form is only an ng-if with the name of the field in it.
  for (const hint of document.querySelectorAll('[ng-if], [ng-show]')) {
    if (!hint.querySelector(fieldSelector) && !hint.matches(fieldSelector)) hint.remove();
  }
  for (const element of document.querySelectorAll('*')) {
    for (const attribute of [...element.attributes]) {
      if (!isSafe(attribute)) element.removeAttribute(attribute.name);
    }
    if (element.tagName === 'FORM') replaceTag(element, 'div');
    if (element.tagName === 'BUTTON') element.setAttribute('type', 'button');
  }
  return { body: document.body.innerHTML, scripted };
}

function isSafe({ name, value }: Attr): boolean {
  if (/^on/i.test(name) || name === 'style' || name === 'srcdoc' || /^form/i.test(name)) return false;
  if (
    ['href', 'src', 'action', 'xlink:href', 'background', 'poster', 'srcset'].includes(name.toLowerCase())
  ) {
    return /^(https?:|mailto:|#|\/(?!\/)|data:image\/(png|jpeg|gif))/i.test(value.trim());
  }
  return true;
}

function replaceTag(element: Element, tag: string): void {
  const replacement = element.ownerDocument.createElement(tag);
  replacement.append(...element.childNodes);
  element.replaceWith(replacement);
}

/** Every field gets a name for assistive technology, and the value of its variable. */
export function fillForm(root: HTMLElement, variables: VariableMap): void {
  root.querySelectorAll<FieldElement>(fieldSelector).forEach((field, index) => {
    const name = field.getAttribute('cam-variable-name') ?? '';
    labelField(root, field, name, index);
    adjustType(field);
    const variable = variables[name];
    if (!variable || variable.value === null || variable.value === undefined) return;
    if (field instanceof HTMLInputElement && field.type === 'checkbox')
      field.checked = variable.value === true;
    else if (field instanceof HTMLInputElement && field.type === 'radio')
      field.checked = String(variable.value) === field.value;
    else if (field instanceof HTMLInputElement && field.type === 'datetime-local')
      field.value = String(variable.value).slice(0, 16);
    else field.value = editableText(variable);
  });
}

function labelField(root: HTMLElement, field: FieldElement, name: string, index: number): void {
  if (!field.id) field.id = `embedded-field-${index}`;
  if (field.labels?.length || field.getAttribute('aria-label')) return;
  const label = field.closest('.form-group')?.querySelector('label') ?? previousLabel(field);
  // In generated forms `for` names the variable, not the field.
  if (label && !label.control && root.contains(label)) label.htmlFor = field.id;
  else field.setAttribute('aria-label', name);
}

function previousLabel(field: Element): HTMLLabelElement | null {
  const previous = field.previousElementSibling;
  return previous instanceof HTMLLabelElement ? previous : null;
}

function adjustType(field: FieldElement): void {
  const type = field.getAttribute('cam-variable-type');
  if (!(field instanceof HTMLInputElement) || field.type !== 'text') return;
  if (type === 'Date') field.type = 'datetime-local';
  else if (type === 'Integer' || type === 'Long' || type === 'Short') field.inputMode = 'numeric';
  else if (type === 'Boolean') field.placeholder = 'true / false';
}

/** The values of the fields. Throws a `VariableError` for the first that does not fit its type. */
export function readForm(root: HTMLElement): Record<string, VariableValue> {
  const values: Record<string, VariableValue> = {};
  for (const field of root.querySelectorAll<FieldElement>(fieldSelector)) {
    const name = field.getAttribute('cam-variable-name') ?? '';
    const type = field.getAttribute('cam-variable-type') ?? 'String';
    if (field.disabled || field.hasAttribute('readonly') || field.type === 'file') continue;
    if (field instanceof HTMLInputElement && field.type === 'checkbox') {
      values[name] = { type: 'Boolean', value: field.checked };
    } else if (field instanceof HTMLInputElement && field.type === 'radio') {
      if (field.checked) values[name] = parseVariable(type, field.value);
    } else if (field.value === '' && type !== 'String') {
      values[name] = { type: 'Null', value: null };
    } else {
      values[name] = parseVariable(type, field.value);
    }
  }
  return values;
}

/** The first required field without a value, or one the browser finds invalid. */
export function invalidField(root: HTMLElement): FieldElement | null {
  for (const field of root.querySelectorAll<FieldElement>('input, select, textarea')) {
    const required = field.hasAttribute('required') || field.hasAttribute('cam-required');
    if (field.disabled) continue;
    if ((required && field.value === '') || !field.checkValidity()) return field;
  }
  return null;
}
