import { useState } from 'react';
import { annotateOperation, countOperations, listOperations } from '../../api/tasks';
import type { Query } from '../../api/http';
import type { UserOperation } from '../../api/types';
import { humanize } from '../../lib/format';
import { useAction, useLive } from '../../state/queries';
import { usePaging } from '../../state/url';
import { en } from '../../text/en';
import { IconButton, TextField, Time } from '../../ui/controls';
import { FormDialog } from '../../ui/dialog';
import { Empty } from '../../ui/feedback';
import { Pager, Table } from '../../ui/table';
import { InstanceLink } from '../links';

/** Who did what, before and after. */
export function OperationTable({ filter, instance }: { filter: Query; instance?: string }) {
  const paging = usePaging(25, 'apage');
  const [noting, setNoting] = useState<UserOperation | null>(null);
  const rows = useLive(
    ['operations', filter, paging.page],
    (signal) =>
      listOperations(
        {
          ...filter,
          sortBy: 'timestamp',
          sortOrder: 'desc',
          firstResult: paging.firstResult,
          maxResults: paging.size,
        },
        signal,
      ),
    { instance },
  );
  const count = useLive(['operations', 'count', filter], (signal) => countOperations(filter, signal), {
    instance,
  });
  return (
    <>
      <Table
        label={en.audit.title}
        rows={rows}
        rowId={(operation) => operation.id}
        empty={<Empty icon="audit" title={en.audit.empty} />}
        columns={[
          { id: 'time', label: en.audit.time, narrow: true, cell: (o) => <Time value={o.timestamp} /> },
          {
            id: 'user',
            label: en.audit.user,
            narrow: true,
            cell: (o) => o.userId ?? <span className="muted">{en.audit.nobody}</span>,
          },
          {
            id: 'what',
            label: en.audit.operation,
            cell: (o) => <span className="strong">{humanize(o.operationType)}</span>,
          },
          { id: 'entity', label: en.audit.entity, narrow: true, cell: (o) => humanize(o.entityType) },
          {
            id: 'property',
            label: en.audit.property,
            cell: (o) => o.property ?? <span className="muted">–</span>,
          },
          {
            id: 'before',
            label: en.audit.before,
            cell: (o) => <span className="value clip">{o.orgValue ?? ''}</span>,
          },
          {
            id: 'after',
            label: en.audit.after,
            cell: (o) => <span className="value clip">{o.newValue ?? ''}</span>,
          },
          ...(instance
            ? []
            : [
                {
                  id: 'instance',
                  label: en.instances.instance,
                  narrow: true,
                  cell: ({ processInstanceId }: { processInstanceId: string | null }) =>
                    processInstanceId && <InstanceLink id={processInstanceId} />,
                },
              ]),
          { id: 'note', label: en.audit.note, cell: (o) => o.annotation ?? '' },
        ]}
        rowActions={(operation) => (
          <IconButton
            icon="edit"
            label={en.audit.annotate(humanize(operation.operationType))}
            onClick={() => setNoting(operation)}
          />
        )}
      />
      <Pager paging={paging} count={count.data} shown={rows.data?.length ?? 0} />
      {noting && <NoteDialog operation={noting} onClose={() => setNoting(null)} />}
    </>
  );
}

function NoteDialog({ operation, onClose }: { operation: UserOperation; onClose: () => void }) {
  const [text, setText] = useState(operation.annotation ?? '');
  const save = useAction(() => annotateOperation(operation.operationId, text), {
    done: en.common.saved,
    onDone: onClose,
  });
  return (
    <FormDialog
      title={en.audit.annotate(humanize(operation.operationType))}
      submit={en.common.save}
      onSubmit={() => save.mutate(undefined)}
      onClose={onClose}
      busy={save.isPending}
    >
      <TextField label={en.audit.note} value={text} onChange={setText} />
    </FormDialog>
  );
}
