import { useMemo, useState } from 'react';
import { countInstances, queryInstances } from '../../api/processes';
import type { HistoricProcessInstance, ProcessDefinition } from '../../api/types';
import { formatDuration } from '../../lib/format';
import { historicInstanceQuery, type Body, type Criterion, type FieldSpec } from '../../lib/filters';
import { shortId } from '../../lib/ids';
import { byPost, useList } from '../../state/list';
import { useCriteria } from '../../state/url';
import { en } from '../../text/en';
import { IconButton, Time } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { FilterBar } from '../../ui/filter-bar';
import { List, type Column } from '../../ui/table';
import { DefinitionLink, InstanceLink, InstanceState } from '../links';
import { BatchBar } from './batch-bar';

export interface Scope {
  processDefinitionId?: string;
  processDefinitionKey?: string;
}

interface InstanceTableProps {
  scope: Scope;
  fields: FieldSpec[];
  /** The one definition all rows belong to, if it is one: needed to migrate and modify them. */
  definition: ProcessDefinition | null;
  showProcess?: boolean;
  showVersion?: boolean;
  /** An activity picked on the diagram. */
  at?: { id: string; criterion: Criterion; clear: () => void } | null;
}

const defaultCriteria: Criterion[] = [{ field: 'state', operator: 'is', value: 'running' }];

/**
 * Without criteria in the address running instances are shown. `f=all` in the address means: no filter at all.
 */
function useInstanceCriteria(): [Criterion[], (criteria: Criterion[]) => void] {
  const [criteria, setCriteria] = useCriteria();
  const [everything] = criteria;
  if (criteria.length === 0) return [defaultCriteria, (next) => setCriteria(next.length ? next : [noFilter])];
  const shown = everything?.field === 'all' ? criteria.slice(1) : criteria;
  return [shown, (next) => setCriteria(next.length ? next : [noFilter])];
}

const noFilter: Criterion = { field: 'all', operator: 'is', value: 'true' };

export function InstanceTable({
  scope,
  fields,
  definition,
  showProcess,
  showVersion,
  at,
}: InstanceTableProps) {
  const [criteria, setCriteria] = useInstanceCriteria();
  const [selected, setSelected] = useState<Set<string>>(new Set());
  const [allMatching, setAllMatching] = useState(false);

  const effective = useMemo(() => (at ? [...criteria, at.criterion] : criteria), [criteria, at]);
  const query: Body = historicInstanceQuery(effective, { ...scope });
  const key = JSON.stringify(query);
  const list = useList({
    key: ['instances', key],
    fetch: byPost(queryInstances, query),
    count: (signal) => countInstances(query, signal),
    sortBy: 'startTime',
    sortOrder: 'desc',
  });

  const clear = () => {
    setSelected(new Set());
    setAllMatching(false);
  };
  return (
    <>
      <div className="toolbar">
        {at && (
          <span className="chip chip-strong">
            <span className="chip-text">{en.processes.atActivity(at.id)}</span>
            <IconButton icon="close" label={en.filters.remove(at.id)} onClick={at.clear} />
          </span>
        )}
        <FilterBar
          fields={fields}
          criteria={criteria}
          onChange={(next) => {
            clear();
            setCriteria(next);
          }}
        />
      </div>
      {selected.size > 0 && (
        <BatchBar
          selected={selected}
          count={list.count ?? 0}
          allMatching={allMatching}
          onAll={() => setAllMatching(true)}
          onClear={clear}
          scope={scope}
          criteria={effective}
          definition={definition}
        />
      )}
      <List
        of={list}
        label={en.instances.title}
        rowId={(instance) => instance.id}
        selection={{
          selected,
          onChange: (next) => {
            setAllMatching(false);
            setSelected(next);
          },
          label: (id) => en.instances.select(shortId(id)),
        }}
        empty={<Empty icon="instance" title={en.instances.empty} />}
        columns={columns(showProcess, showVersion)}
      />
    </>
  );
}

function columns(showProcess = false, showVersion = false): Column<HistoricProcessInstance>[] {
  const list: (Column<HistoricProcessInstance> | false)[] = [
    {
      id: 'id',
      label: en.instances.instance,
      narrow: true,
      cell: (instance) => <InstanceLink id={instance.id} />,
    },
    {
      id: 'businessKey',
      label: en.instances.businessKey,
      sortBy: 'businessKey',
      cell: (instance) =>
        instance.businessKey ? (
          <InstanceLink id={instance.id}>{instance.businessKey}</InstanceLink>
        ) : (
          <span className="muted">–</span>
        ),
    },
    showProcess && {
      id: 'process',
      label: en.instances.process,
      sortBy: 'definitionName',
      cell: (instance) => (
        <DefinitionLink id={instance.processDefinitionId}>
          {instance.processDefinitionName || instance.processDefinitionKey}
        </DefinitionLink>
      ),
    },
    showVersion && {
      id: 'version',
      label: en.instances.version,
      sortBy: 'definitionVersion',
      narrow: true,
      cell: (instance) => en.common.versionNumber(instance.processDefinitionVersion),
    },
    {
      id: 'state',
      label: en.instances.state,
      narrow: true,
      cell: (instance) => <InstanceState state={instance.state} />,
    },
    {
      id: 'started',
      label: en.instances.started,
      sortBy: 'startTime',
      narrow: true,
      cell: (instance) => <Time value={instance.startTime} />,
    },
    {
      id: 'ended',
      label: en.instances.ended,
      sortBy: 'endTime',
      narrow: true,
      cell: (instance) => <Time value={instance.endTime} />,
    },
    {
      id: 'duration',
      label: en.instances.duration,
      sortBy: 'duration',
      narrow: true,
      align: 'end',
      cell: ({ durationInMillis }) =>
        durationInMillis === null ? <span className="muted">–</span> : formatDuration(durationInMillis),
    },
  ];
  return list.filter((column) => column !== false);
}
