import { useState } from 'react';
import { deleteLocalVariable } from '../../api/processes';
import { engine, seg } from '../../api/http';
import type { VariableInstance } from '../../api/types';
import { scopeOf, type TreeNode } from '../../lib/tree';
import { previewText } from '../../lib/variables';
import { few, variablesList } from '../../start/instance';
import { useList } from '../../state/list';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { Badge, Button, IconButton } from '../../ui/controls';
import { Empty } from '../../ui/feedback';
import { List } from '../../ui/table';
import { saveBlob } from '../save-blob';
import { VariableDialog } from './variable-dialog';

interface VariablesProps {
  instanceId: string;
  running: boolean;
  tree: TreeNode | null;
}

export function Variables({ instanceId, running, tree }: VariablesProps) {
  const [editing, setEditing] = useState<VariableInstance | 'new' | null>(null);
  const list = useList({
    ...variablesList(instanceId, running),
    size: few.maxResults,
    name: 'v',
    instance: instanceId,
  });
  const remove = useAction(
    (variable: VariableInstance) => deleteLocalVariable(variable.executionId, variable.name),
    { done: en.common.deleted },
  );
  const download = useAction(async (variable: VariableInstance) => {
    const area = running ? '/variable-instance' : '/history/variable-instance';
    const name = variable.valueInfo?.['filename'];
    saveBlob(
      await engine.blob(`${area}/${seg(variable.id)}/data`),
      typeof name === 'string' ? name : variable.name,
    );
  });
  const binary = (variable: VariableInstance) => variable.type === 'File' || variable.type === 'Bytes';

  return (
    <>
      {running && (
        <div className="toolbar">
          <Button small icon="plus" onClick={() => setEditing('new')}>
            {en.instance.addVariable}
          </Button>
        </div>
      )}
      <List
        of={list}
        label={en.instance.variables}
        rowId={(variable) => variable.id}
        empty={<Empty icon="edit" title={en.instance.noVariables} />}
        columns={[
          { id: 'name', label: en.common.name, cell: (v) => <code className="strong">{v.name}</code> },
          { id: 'type', label: en.common.type, narrow: true, cell: (v) => <Badge>{v.type}</Badge> },
          {
            id: 'value',
            label: en.common.value,
            cell: (v) =>
              v.errorMessage ? (
                <span className="field-error">{v.errorMessage}</span>
              ) : (
                <span className="value clip">{previewText(v)}</span>
              ),
          },
          {
            id: 'scope',
            label: en.instance.scope,
            cell: (variable) => <ScopeName variable={variable} instanceId={instanceId} tree={tree} />,
          },
        ]}
        rowActions={(variable) => (
          <>
            {binary(variable) && (
              <IconButton
                icon="download"
                label={en.instance.downloadVariable(variable.name)}
                onClick={() => download.mutate(variable)}
              />
            )}
            {running && !binary(variable) && (
              <IconButton
                icon="edit"
                label={en.instance.editVariable(variable.name)}
                onClick={() => setEditing(variable)}
              />
            )}
            {running && (
              <IconButton
                icon="trash"
                label={en.instance.deleteVariable(variable.name)}
                onClick={() => remove.mutate(variable)}
              />
            )}
          </>
        )}
      />
      {editing && (
        <VariableDialog
          instanceId={instanceId}
          variable={editing === 'new' ? null : editing}
          tree={tree}
          onClose={() => setEditing(null)}
        />
      )}
    </>
  );
}

function ScopeName({
  variable,
  instanceId,
  tree,
}: {
  variable: VariableInstance;
  instanceId: string;
  tree: TreeNode | null;
}) {
  if (variable.executionId === instanceId && !variable.taskId) return <>{en.instance.processScope}</>;
  const scope = tree && scopeOf(tree, variable.executionId);
  return <>{scope?.label ?? variable.activityInstanceId ?? <span className="muted">–</span>}</>;
}
