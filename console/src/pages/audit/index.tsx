import { listOperations } from '../../api/tasks';
import type { Query } from '../../api/http';
import { humanize, toEngineDate } from '../../lib/format';
import { useAction } from '../../state/queries';
import { useParam } from '../../state/url';
import { useToast } from '../../ui/toast';
import { en } from '../../text/en';
import { Button, Select, TextField } from '../../ui/controls';
import { Page } from '../../ui/page';
import { saveBlob } from '../save-blob';
import { OperationTable } from './operation-table';

const entities = [
  '',
  'ProcessInstance',
  'Task',
  'Job',
  'Incident',
  'Variable',
  'Deployment',
  'ProcessDefinition',
  'Batch',
  'ExternalTask',
  'User',
  'Group',
  'Tenant',
  'Authorization',
];
const entityOptions = entities.map((id) => ({ id, label: id ? humanize(id) : en.audit.any }));

/** An export is made of pages and stops somewhere. */
const pageSize = 500;
const exportLimit = 20_000;

async function exportLines(filter: Query): Promise<{ count: number; complete: boolean }> {
  const lines: string[] = [];
  for (let firstResult = 0; firstResult < exportLimit; firstResult += pageSize) {
    const page = await listOperations({
      ...filter,
      sortBy: 'timestamp',
      sortOrder: 'asc',
      firstResult,
      maxResults: pageSize,
    });
    lines.push(...page.map((operation) => JSON.stringify(operation)));
    if (page.length < pageSize) break;
  }
  saveBlob(
    new Blob([lines.map((line) => `${line}\n`).join('')], { type: 'application/jsonl' }),
    'audit.jsonl',
  );
  return { count: lines.length, complete: lines.length < exportLimit };
}

export default function Audit() {
  const toast = useToast();
  const [user, setUser] = useParam('user');
  const [entity, setEntity] = useParam('entity');
  const [from, setFrom] = useParam('from');
  const [to, setTo] = useParam('to');
  const filter: Query = {
    userId: user,
    entityType: entity,
    afterTimestamp: from && toEngineDate(new Date(from)),
    beforeTimestamp: to && toEngineDate(new Date(to)),
  };
  const save = useAction(() => exportLines(filter), {
    onDone: ({ count, complete }) =>
      toast.success(complete ? en.audit.exported(count) : en.audit.exportedPart(count)),
  });
  return (
    <Page
      title={en.audit.title}
      actions={
        <Button icon="download" busy={save.isPending} onClick={() => save.mutate(undefined)}>
          {en.audit.exportLines}
        </Button>
      }
    >
      <div className="toolbar toolbar-fields">
        <TextField label={en.audit.userFilter} value={user} onChange={setUser} />
        <Select label={en.audit.entityFilter} value={entity} options={entityOptions} onChange={setEntity} />
        <TextField label={en.audit.from} type="datetime-local" value={from} onChange={setFrom} />
        <TextField label={en.audit.to} type="datetime-local" value={to} onChange={setTo} />
      </div>
      <OperationTable filter={filter} />
    </Page>
  );
}
