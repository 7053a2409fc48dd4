import { lazy, Suspense, useState, type FormEvent, type ReactNode } from 'react';
import { useQuery } from '@tanstack/react-query';
import { ApiError, text } from '../api/http';
import type { FormSource } from '../api/tasks';
import type { VariableMap, VariableValue } from '../api/types';
import { formKind } from '../lib/form-kind';
import { VariableError } from '../lib/variables';
import { en } from '../text/en';
import { Button } from '../ui/controls';
import { Answer, Loading } from '../ui/feedback';
import { GenericForm } from './generic-form';
import { HtmlForm } from './html-form';
import type { FormHandle } from './handle';

const CamundaForm = lazy(() => import('./camunda-form'));

type Loaded =
  | { kind: 'camunda'; schema: string; variables: VariableMap }
  | { kind: 'html'; html: string; variables: VariableMap }
  | { kind: 'generic'; variables: VariableMap; note: ReactNode };

async function load(source: FormSource): Promise<Loaded> {
  const info = await source.info();
  const kind = formKind(info);
  const variables = await source.variables().catch(() => ({}) as VariableMap);
  switch (kind.kind) {
    case 'camunda':
      return { kind: 'camunda', schema: await source.deployed(), variables };
    case 'deployed-html':
      return { kind: 'html', html: await source.deployed(), variables };
    case 'app-html':
      return text(kind.path).then(
        (html): Loaded => ({ kind: 'html', html, variables }),
        (): Loaded => ({ kind: 'generic', variables, note: en.forms.appMissing(kind.path) }),
      );
    case 'external':
      return { kind: 'generic', variables, note: <ExternalForm url={kind.url} /> };
    case 'generated':
      return rendered(source, variables);
  }
}

async function rendered(source: FormSource, variables: VariableMap): Promise<Loaded> {
  try {
    const html = await source.rendered();
    if (html.includes('cam-variable-name')) return { kind: 'html', html, variables };
  } catch (error) {
    // The server's way to say that there is no form.
    if (!(error instanceof ApiError)) throw error;
  }
  return { kind: 'generic', variables, note: en.forms.none };
}

function ExternalForm({ url }: { url: string }) {
  return (
    <>
      {en.forms.external}{' '}
      <a href={url} target="_blank" rel="noreferrer">
        {url}
      </a>
    </>
  );
}

interface FormHostProps {
  /** Of what the form is: a form is loaded once and does not change under the hands of a person. */
  id: string;
  source: FormSource;
  submit: string;
  busy: boolean;
  disabled?: boolean;
  onSubmit: (variables: Record<string, VariableValue>) => void;
  extra?: ReactNode;
  before?: ReactNode;
}

export function FormHost({ id, source, submit, busy, disabled, onSubmit, extra, before }: FormHostProps) {
  /** There once the form can be sent. */
  const [handle, setHandle] = useState<FormHandle | null>(null);
  const [error, setError] = useState<string | null>(null);
  const form = useQuery({
    queryKey: ['form', id],
    queryFn: () => load(source),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });

  const send = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    try {
      const variables = await handle?.collect();
      if (variables) onSubmit(variables);
    } catch (reason) {
      if (!(reason instanceof VariableError)) throw reason;
      setError(reason.message);
    }
  };

  return (
    <form className="form-host" onSubmit={(event) => void send(event)} noValidate>
      {before}
      <Answer of={form}>
        {(data) => (
          <Suspense fallback={<Loading />}>
            {data.kind === 'camunda' && (
              <CamundaForm
                ref={setHandle}
                schema={data.schema}
                variables={data.variables}
                disabled={disabled}
              />
            )}
            {data.kind === 'html' && <HtmlForm ref={setHandle} html={data.html} variables={data.variables} />}
            {data.kind === 'generic' && (
              <GenericForm ref={setHandle} variables={data.variables} note={data.note} disabled={disabled} />
            )}
          </Suspense>
        )}
      </Answer>
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
      <div className="form-actions">
        {extra}
        <Button type="submit" look="primary" icon="check" busy={busy} disabled={disabled || !handle}>
          {submit}
        </Button>
      </div>
    </form>
  );
}
