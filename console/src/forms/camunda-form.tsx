import { useEffect, useImperativeHandle, useRef, useState, type Ref } from 'react';
import { Form } from '@bpmn-io/form-js-viewer';
import '@bpmn-io/form-js-viewer/dist/assets/form-js.css';
import type { VariableMap } from '../api/types';
import { fromPlain, toPlain } from '../lib/variables';
import { ErrorPanel } from '../ui/feedback';
import type { FormHandle } from './handle';

interface CamundaFormProps {
  schema: string;
  variables: VariableMap;
  disabled?: boolean;
  ref: Ref<FormHandle>;
}

/** A Camunda Form, shown by form-js. */
export default function CamundaForm({ schema, variables, disabled, ref }: CamundaFormProps) {
  const frame = useRef<HTMLDivElement>(null);
  const form = useRef<Form | null>(null);
  /** Fulfilled when the form stands: one that is sent before would be taken as empty. */
  const ready = useRef<Promise<unknown>>(Promise.resolve());
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    if (!frame.current) return;
    const created = new Form({ container: frame.current });
    form.current = created;
    const data = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, toPlain(value)]));
    ready.current = Promise.resolve()
      .then(() => created.importSchema(JSON.parse(schema) as object, data))
      .then(() => created.setProperty('readOnly', disabled === true))
      .catch((reason: unknown) => setError(reason));
    return () => {
      form.current = null;
      created.destroy();
    };
  }, [schema, variables, disabled]);

  useImperativeHandle(
    ref,
    () => ({
      collect: async () => {
        await ready.current;
        if (!form.current) return null;
        const { data, errors } = form.current.submit() as {
          data: Record<string, unknown>;
          errors: Record<string, unknown>;
        };
        if (Object.keys(errors).length > 0) {
          frame.current
            ?.querySelector<HTMLElement>('.fjs-form-field.fjs-has-errors :is(input, select, textarea)')
            ?.focus();
          return null;
        }
        return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, fromPlain(value)]));
      },
    }),
    [],
  );

  return (
    <>
      {error !== null && <ErrorPanel error={error} />}
      <div className="camunda-form" ref={frame} />
    </>
  );
}
