import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import {
  deleteDeployment,
  deploymentResources,
  getDeployment,
  listDecisions,
  redeploy,
  resourceBlob,
  resourceText,
} from '../../api/admin';
import { countRunning, listDefinitions } from '../../api/processes';
import type { DeploymentResource } from '../../api/types';
import { BpmnDiagram, DmnDiagram } from '../../diagram';
import { formatNumber } from '../../lib/format';
import { useAction, useFixed, useLive } from '../../state/queries';
import { useParam } from '../../state/url';
import { en } from '../../text/en';
import { ActionDialog } from '../../ui/action-dialog';
import { Button, Checkbox, CopyId, Facts, IconButton, Time } from '../../ui/controls';
import { Answer, Empty } from '../../ui/feedback';
import { Card, Page } from '../../ui/page';
import { Source } from '../../ui/source';
import { saveBlob } from '../save-blob';
import { DefinitionLinks } from './definition-links';

export default function DeploymentPage() {
  const { deploymentId = '' } = useParams();
  const navigate = useNavigate();
  const [resource, setResource] = useParam('resource');
  const [deleting, setDeleting] = useState(false);
  const deployment = useLive(['deployment', deploymentId], () => getDeployment(deploymentId));
  const resources = useFixed(['deployment', deploymentId, 'resources'], () =>
    deploymentResources(deploymentId),
  );
  const again = useAction(() => redeploy(deploymentId), { done: en.deployments.redeployed });
  const shown = resources.data?.find((candidate) => candidate.id === resource) ?? resources.data?.[0];

  return (
    <Page
      title={deployment.data?.name || en.deployments.one}
      trail={[{ label: en.deployments.title, to: '/deployments' }]}
      actions={
        <>
          <Button icon="retry" busy={again.isPending} onClick={() => again.mutate(undefined)}>
            {en.deployments.redeploy}
          </Button>
          <Button icon="trash" look="danger" onClick={() => setDeleting(true)}>
            {en.common.delete}
          </Button>
        </>
      }
    >
      <Answer of={deployment}>
        {(data) => (
          <Facts
            items={[
              [en.common.id, <CopyId key="id" id={data.id} full />],
              [en.deployments.time, <Time key="time" value={data.deploymentTime} />],
              [en.deployments.source, data.source],
              [en.common.tenant, data.tenantId],
            ]}
          />
        )}
      </Answer>
      <div className="columns columns-side">
        <div className="stack">
          <Card title={en.deployments.resources}>
            <Answer of={resources}>
              {(list) => (
                <ul className="side-list">
                  {list.map((entry) => (
                    <li key={entry.id}>
                      <button
                        type="button"
                        aria-current={entry === shown || undefined}
                        onClick={() => setResource(entry.id)}
                      >
                        {entry.name}
                      </button>
                    </li>
                  ))}
                </ul>
              )}
            </Answer>
          </Card>
          <Definitions deploymentId={deploymentId} />
        </div>
        {shown && <Resource key={shown.id} resource={shown} />}
      </div>
      {deleting && (
        <DeleteDialog
          id={deploymentId}
          onClose={() => setDeleting(false)}
          onDone={() => void navigate('/deployments')}
        />
      )}
    </Page>
  );
}

function Definitions({ deploymentId }: { deploymentId: string }) {
  const processes = useFixed(['deployment', deploymentId, 'processes'], () =>
    listDefinitions({ deploymentId, maxResults: 100 }),
  );
  const decisions = useFixed(['deployment', deploymentId, 'decisions'], () =>
    listDecisions({ deploymentId, maxResults: 100 }),
  );
  return (
    <Card title={en.deployments.definitions}>
      <DefinitionLinks processes={processes.data ?? []} decisions={decisions.data ?? []} />
      {processes.data?.length === 0 && decisions.data?.length === 0 && (
        <Empty icon="process" title={en.common.none} />
      )}
    </Card>
  );
}

const isText = /\.(bpmn|dmn|cmmn|xml|form|html|js|json|groovy|txt|py)$/;

function Resource({ resource }: { resource: DeploymentResource }) {
  const readable = isText.test(resource.name);
  const content = useFixed(
    ['resource', resource.id],
    () => resourceText(resource.deploymentId, resource.id),
    readable,
  );
  const save = useAction(async () =>
    saveBlob(await resourceBlob(resource.deploymentId, resource.id), resource.name),
  );
  return (
    <Card
      title={resource.name}
      actions={
        <IconButton icon="download" label={en.common.download} onClick={() => save.mutate(undefined)} />
      }
    >
      {!readable && <Empty icon="audit" title={en.deployments.binary} />}
      {readable && (
        <Answer of={content}>
          {(text) => (
            <>
              {/\.bpmn/.test(resource.name) && <BpmnDiagram xml={text} label={resource.name} />}
              {/\.dmn/.test(resource.name) && <DmnDiagram xml={text} label={resource.name} />}
              <Source label={resource.name}>{text}</Source>
            </>
          )}
        </Answer>
      )}
    </Card>
  );
}

function DeleteDialog({ id, onClose, onDone }: { id: string; onClose: () => void; onDone: () => void }) {
  const [cascade, setCascade] = useState(false);
  const running = useLive(['deployment', id, 'running'], (signal) =>
    countRunning({ deploymentId: id }, signal),
  );
  return (
    <ActionDialog
      title={en.deployments.deleteTitle}
      submit={en.common.delete}
      done={en.common.deleted}
      danger
      action={() => deleteDeployment(id, cascade)}
      onClose={onClose}
      onDone={onDone}
    >
      <p>{en.deployments.deleteText(formatNumber(running.data ?? 0))}</p>
      <Checkbox label={en.deployments.cascade} checked={cascade} onChange={setCascade} />
    </ActionDialog>
  );
}
