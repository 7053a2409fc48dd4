import { useState } from 'react';
import { annotateOperation, countOperations, listOperations } from '../../api/tasks';
import type { Query } from '../../api/http';
import type { UserOperation } from '../../api/types';
import { humanize } from '../../lib/format';
import { useList } from '../../state/list';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { IconButton, TextField, Time } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { List } from '../../ui/table';
import { InstanceLink } from '../links';

/** Who did what, before and after. */
export function OperationTable({ filter, instance }: { filter: Query; instance?: string }) {
  const [noting, setNoting] = useState<UserOperation | null>(null);
  const list = useList({
    key: ['operations', filter],
    fetch: (part, signal) => listOperations({ ...filter, ...part }, signal),
    count: (signal) => countOperations(filter, signal),
    sortBy: 'timestamp',
    sortOrder: 'desc',
    name: 'a',
    instance,
  });
  return (
    <>
      <List
        of={list}
        label={en.audit.title}
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
            narrow: true,
            cell: (o) => (
              <>
                <span className="strong">{humanize(o.operationType)}</span>
                <span className="cell-below muted">{humanize(o.entityType)}</span>
              </>
            ),
          },
          {
            id: 'property',
            label: en.audit.property,
            narrow: true,
            cell: (o) => o.property ?? <span className="muted">–</span>,
          },
          {
            id: 'before',
            label: en.audit.before,
            grow: true,
            cell: (o) => <span className="value clip">{o.orgValue ?? ''}</span>,
          },
          {
            id: 'after',
            label: en.audit.after,
            grow: true,
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
      {noting && <NoteDialog operation={noting} onClose={() => setNoting(null)} />}
    </>
  );
}

function NoteDialog({ operation, onClose }: { operation: UserOperation; onClose: () => void }) {
  const [text, setText] = useState(operation.annotation ?? '');
  return (
    <ActionDialog
      title={en.audit.annotate(humanize(operation.operationType))}
      action={() => annotateOperation(operation.operationId, text)}
      onClose={onClose}
    >
      <TextField label={en.audit.note} value={text} onChange={setText} />
    </ActionDialog>
  );
}
