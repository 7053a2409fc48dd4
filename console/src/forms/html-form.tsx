import { useEffect, useImperativeHandle, useMemo, useRef, type Ref } from 'react';
import type { VariableMap } from '../api/types';
import { fillForm, invalidField, readForm, sanitizeForm } from '../lib/html-form';
import { en } from '../text/en';
import type { FormHandle } from './handle';

/** A generated or embedded form. Its scripts do not run: the form is told so when it has some. */
export function HtmlForm({
  html,
  variables,
  ref,
}: {
  html: string;
  variables: VariableMap;
  ref: Ref<FormHandle>;
}) {
  const frame = useRef<HTMLDivElement>(null);
  const { body, scripted } = useMemo(() => sanitizeForm(html), [html]);

  useEffect(() => {
    if (!frame.current) return;
    // Set by hand: React must not write over what a person types.
    frame.current.innerHTML = body;
    fillForm(frame.current, variables);
  }, [body, variables]);

  useImperativeHandle(
    ref,
    () => ({
      collect: () => {
        const invalid = invalidField(frame.current!);
        if (!invalid) return readForm(frame.current!);
        invalid.focus();
        invalid.reportValidity();
        return null;
      },
    }),
    [],
  );

  return (
    <>
      {scripted && <p className="note">{en.forms.scripted}</p>}
      <div className="html-form" ref={frame} />
    </>
  );
}
