import { describe, expect, it } from 'vitest';
import { fillForm, invalidField, readForm, sanitizeForm } from './html-form';
import { VariableError } from './variables';

const mount = (html: string): HTMLElement => {
  const root = document.createElement('div');
  root.innerHTML = sanitizeForm(html).body;
  document.body.replaceChildren(root);
  return root;
};

/** As Camunda 7 renders a field of the model. */
const generated = `
<form name="generatedForm" role="form">
  <div class="form-group">
    <label for="approved">Approved</label>
    <input class="form-control" name="approved" cam-variable-type="Boolean" cam-variable-name="approved" type="checkbox" value="true" />
    <div ng-if="this.generatedForm.approved.$invalid" class="has-error"><div class="help-block">Required field</div></div>
  </div>
  <div class="form-group">
    <label for="amount">Amount</label>
    <input class="form-control" name="amount" cam-variable-type="Long" cam-variable-name="amount" type="text" required />
  </div>
</form>`;

describe('sanitizeForm', () => {
  it('removes everything that could act by itself', () => {
    const { body, scripted } = sanitizeForm(
      `<script>alert(1)</script><img src="x" onerror="alert(1)"><a href="javascript:alert(1)">x</a>
       <iframe src="//evil"></iframe><svg onload="alert(1)"></svg><input formaction="javascript:alert(1)" style="position:fixed">`,
    );
    expect(scripted).toBe(true);
    expect(body).not.toMatch(/script|onerror|onload|iframe|svg|formaction|style|evil/i);
  });

  it('keeps links and pictures of the same server', () => {
    expect(sanitizeForm('<a href="https://example.org">x</a><img src="/logo.png">').body).toContain('href');
    expect(sanitizeForm('<img src="/logo.png">').body).toContain('/logo.png');
    expect(sanitizeForm('<img src="//other.example/p.png">').body).not.toContain('other');
  });

  it('takes the form element away: a form in a form would submit the page', () => {
    expect(sanitizeForm(generated).body).not.toContain('<form');
  });

  it('removes the validation hints of generated forms', () => {
    expect(sanitizeForm(generated).body).not.toContain('Required field');
  });
});

describe('fields', () => {
  it('are filled from variables and read back typed', () => {
    const root = mount(generated);
    fillForm(root, { approved: { type: 'Boolean', value: true }, amount: { type: 'Long', value: 12 } });
    expect(readForm(root)).toEqual({
      approved: { type: 'Boolean', value: true },
      amount: { type: 'Long', value: 12 },
    });
  });

  it('have names for assistive technology', () => {
    const root = mount(`${generated}<input cam-variable-name="bare" cam-variable-type="String">`);
    fillForm(root, {});
    for (const field of root.querySelectorAll<HTMLInputElement>('[cam-variable-name]')) {
      expect(field.labels?.length || field.getAttribute('aria-label')).toBeTruthy();
    }
    expect(root.querySelector<HTMLInputElement>('[name=amount]')?.labels?.[0]?.textContent).toBe('Amount');
  });

  it('are pointed out when required and empty', () => {
    const root = mount(generated);
    fillForm(root, {});
    expect(invalidField(root)?.getAttribute('name')).toBe('amount');
  });

  it('refuse values of another type', () => {
    const root = mount(generated);
    fillForm(root, {});
    root.querySelector<HTMLInputElement>('[name=amount]')!.value = 'many';
    expect(() => readForm(root)).toThrow(VariableError);
  });

  it('that are read-only are not sent', () => {
    const root = mount('<input readonly cam-variable-name="x" cam-variable-type="String" value="1">');
    expect(readForm(root)).toEqual({});
  });

  it('of radio buttons give the checked one', () => {
    const root = mount(
      '<input type="radio" name="r" value="a" cam-variable-name="r" cam-variable-type="String"><input type="radio" name="r" value="b" cam-variable-name="r" cam-variable-type="String">',
    );
    fillForm(root, { r: { type: 'String', value: 'b' } });
    expect(readForm(root)).toEqual({ r: { type: 'String', value: 'b' } });
  });
});
