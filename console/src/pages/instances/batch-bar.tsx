import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { ProcessDefinition } from '../../api/types';
import type { Target } from '../../lib/batch';
import {
  historicInstanceQuery,
  runtimeInstanceQuery,
  UnsupportedCriterion,
  type Body,
  type Criterion,
} from '../../lib/filters';
import { instanceFields } from '../../lib/filter-fields';
import { formatNumber } from '../../lib/format';
import { en } from '../../text/en';
import { Button } from '../../ui/controls';
import { Menu } from '../../ui/menu';
import { useToast } from '../../ui/toast';
import { processPath } from '../links';
import { BatchDialog, type BatchKind } from './batch-dialog';
import type { Scope } from './table';

/** What is handed to the pages that draw a plan before they start a batch. */
export interface PlanTarget {
  ids?: string[];
  /** Of running instances. */
  runtimeQuery?: Body;
  historicQuery?: Body;
  count: number;
}

interface BatchBarProps {
  selected: ReadonlySet<string>;
  count: number;
  allMatching: boolean;
  onAll: () => void;
  onClear: () => void;
  scope: Scope;
  criteria: Criterion[];
  definition: ProcessDefinition | null;
}

export function BatchBar(props: BatchBarProps) {
  const { selected, count, allMatching, onAll, onClear, scope, criteria, definition } = props;
  const navigate = useNavigate();
  const toast = useToast();
  const [dialog, setDialog] = useState<BatchKind | null>(null);
  const ids = [...selected];
  const target: Target = allMatching ? { query: historicInstanceQuery(criteria, { ...scope }) } : { ids };
  const size = allMatching ? count : ids.length;

  const plan = (page: 'migrate' | 'modify') => {
    if (!definition) return;
    try {
      const state: PlanTarget = allMatching
        ? {
            runtimeQuery: page === 'migrate' ? runtimeInstanceQuery(criteria, { ...scope }) : undefined,
            historicQuery: historicInstanceQuery(criteria, { ...scope, unfinished: true }),
            count,
          }
        : { ids, count: ids.length };
      void navigate(`${processPath(definition.id)}/${page}`, { state });
    } catch (error) {
      if (!(error instanceof UnsupportedCriterion)) throw error;
      const field = instanceFields.find((candidate) => candidate.id === error.field);
      toast.error(en.filters.unsupported(field?.label ?? error.field));
    }
  };

  return (
    <div className="batch-bar" role="group" aria-label={en.instances.batch}>
      <strong>
        {allMatching ? en.instances.allSelected(formatNumber(count)) : en.instances.selected(selected.size)}
      </strong>
      {!allMatching && count > selected.size && (
        <Button small look="ghost" onClick={onAll}>
          {en.instances.allMatching(formatNumber(count))}
        </Button>
      )}
      <Button small look="ghost" onClick={onClear}>
        {en.instances.clearSelection}
      </Button>
      <Menu
        label={en.instances.batch}
        icon="batch"
        items={[
          { label: en.instances.retry, icon: 'retry', onSelect: () => setDialog('retry') },
          { label: en.instances.suspend, icon: 'pause', onSelect: () => setDialog('suspend') },
          { label: en.instances.resume, icon: 'play', onSelect: () => setDialog('resume') },
          { label: en.instances.setVariable, icon: 'edit', onSelect: () => setDialog('variables') },
          { label: en.instances.modify, icon: 'move', disabled: !definition, onSelect: () => plan('modify') },
          {
            label: en.instances.migrate,
            icon: 'migrate',
            disabled: !definition,
            onSelect: () => plan('migrate'),
          },
          {
            label: en.instances.restart,
            icon: 'play',
            disabled: !definition,
            onSelect: () => setDialog('restart'),
          },
          {
            label: en.instances.cancelInstances,
            icon: 'stop',
            danger: true,
            onSelect: () => setDialog('cancel'),
          },
          {
            label: en.instances.deleteHistory,
            icon: 'trash',
            danger: true,
            onSelect: () => setDialog('history'),
          },
        ]}
      />
      {dialog && (
        <BatchDialog
          kind={dialog}
          definition={definition}
          target={target}
          count={size}
          onClose={() => setDialog(null)}
          onDone={onClear}
        />
      )}
    </div>
  );
}
