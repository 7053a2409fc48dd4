import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import {
  countDecisionInstances,
  decisionXml,
  getDecision,
  listDecisionInstances,
  listDecisions,
} from '../../api/admin';
import type { DecisionDefinition } from '../../api/types';
import { DmnDiagram } from '../../diagram';
import { definitionLabel } from '../../lib/format';
import { useList } from '../../state/list';
import { useFixed, useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Button, CopyId, Select, Time } from '../../ui/controls';
import { Answer, Empty } from '../../ui/feedback';
import { Card, Page } from '../../ui/page';
import { List } from '../../ui/table';
import { InstanceLink } from '../links';
import { EvaluateDialog } from './evaluate-dialog';
import { decisionPath } from './path';

export default function DecisionPage() {
  const { decisionId = '' } = useParams();
  const decision = useFixed(['decision', decisionId], () => getDecision(decisionId));
  return <Answer of={decision}>{(data) => <Decision key={data.id} decision={data} />}</Answer>;
}

function Decision({ decision }: { decision: DecisionDefinition }) {
  const navigate = useNavigate();
  const [evaluating, setEvaluating] = useState(false);
  const versions = useLive(['decision', decision.key, 'versions'], () =>
    listDecisions({ key: decision.key, sortBy: 'version', sortOrder: 'desc', maxResults: 200 }),
  );
  const xml = useFixed(['decision', decision.id, 'xml'], () => decisionXml(decision.id));
  return (
    <Page
      title={definitionLabel(decision)}
      trail={[{ label: en.decisions.title, to: '/decisions' }]}
      mark={
        <Select
          label={en.processes.version}
          inline
          value={decision.id}
          options={(versions.data ?? [decision]).map((version) => ({
            id: version.id,
            label: en.common.versionNumber(version.version),
          }))}
          onChange={(id) => void navigate(decisionPath(id))}
        />
      }
      lead={<CopyId id={decision.id} full />}
      actions={
        <Button icon="play" onClick={() => setEvaluating(true)}>
          {en.decisions.evaluate}
        </Button>
      }
    >
      <Answer of={xml}>
        {(model) => <DmnDiagram xml={model} label={definitionLabel(decision)} decisionKey={decision.key} />}
      </Answer>
      <Card title={en.decisions.evaluations}>
        <EvaluationTable decisionDefinitionId={decision.id} />
      </Card>
      {evaluating && <EvaluateDialog decision={decision} onClose={() => setEvaluating(false)} />}
    </Page>
  );
}

function EvaluationTable({ decisionDefinitionId }: { decisionDefinitionId: string }) {
  const filter = { decisionDefinitionId };
  const list = useList({
    key: ['decision', decisionDefinitionId, 'instances'],
    fetch: (part, signal) => listDecisionInstances({ ...filter, ...part }, signal),
    count: (signal) => countDecisionInstances(filter, signal),
    sortBy: 'evaluationTime',
    sortOrder: 'desc',
  });
  return (
    <List
      of={list}
      label={en.decisions.evaluations}
      rowId={(evaluation) => evaluation.id}
      empty={<Empty icon="decision" title={en.decisions.noEvaluations} />}
      columns={[
        {
          id: 'time',
          label: en.decisions.time,
          cell: (evaluation) => (
            <Link to={`/decisions/evaluations/${encodeURIComponent(evaluation.id)}`} className="strong">
              <Time value={evaluation.evaluationTime} />
            </Link>
          ),
        },
        {
          id: 'process',
          label: en.instances.process,
          cell: ({ processDefinitionKey }) =>
            processDefinitionKey ? (
              <Link to={`/processes/key/${encodeURIComponent(processDefinitionKey)}`}>
                {processDefinitionKey}
              </Link>
            ) : (
              <span className="muted">–</span>
            ),
        },
        {
          id: 'instance',
          label: en.instances.instance,
          cell: ({ processInstanceId }) => processInstanceId && <InstanceLink id={processInstanceId} />,
        },
        { id: 'activity', label: en.incidents.activity, cell: (evaluation) => evaluation.activityId },
        {
          id: 'user',
          label: en.audit.user,
          cell: (evaluation) => evaluation.userId ?? <span className="muted">–</span>,
        },
      ]}
    />
  );
}
