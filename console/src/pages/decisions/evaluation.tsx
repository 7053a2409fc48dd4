import { useMemo } from 'react';
import { useParams } from 'react-router';
import { decisionXml, getDecisionInstance } from '../../api/admin';
import type { DecisionInput, DecisionInstance, DecisionOutput } from '../../api/types';
import { DmnDiagram } from '../../diagram';
import { previewText } from '../../lib/variables';
import { useFixed } from '../../state/queries';
import { en } from '../../text/en';
import { Badge, CopyId, Facts, Time } from '../../ui/controls';
import { Answer } from '../../ui/feedback';
import { Card, Page } from '../../ui/page';
import { InstanceLink } from '../links';
import { decisionPath } from './path';

export default function EvaluationPage() {
  const { evaluationId = '' } = useParams();
  const evaluation = useFixed(['evaluation', evaluationId], () => getDecisionInstance(evaluationId));
  return <Answer of={evaluation}>{(data) => <Evaluation key={data.id} evaluation={data} />}</Answer>;
}

/** One evaluation: what went in, which rules fired, what came out. */
function Evaluation({ evaluation }: { evaluation: DecisionInstance }) {
  const xml = useFixed(['decision', evaluation.decisionDefinitionId, 'xml'], () =>
    decisionXml(evaluation.decisionDefinitionId),
  );
  const outputs = evaluation.outputs ?? [];
  const fired = useMemo(
    () => [...new Set((evaluation.outputs ?? []).map((output) => output.ruleId).filter((id) => id !== null))],
    [evaluation.outputs],
  );
  const label = evaluation.decisionDefinitionName || evaluation.decisionDefinitionKey;
  return (
    <Page
      title={en.decisions.evaluationOf(label)}
      trail={[
        { label: en.decisions.title, to: '/decisions' },
        { label, to: decisionPath(evaluation.decisionDefinitionId) },
      ]}
      mark={
        <Badge tone={fired.length > 0 ? 'good' : 'neutral'}>{en.decisions.rulesFired(fired.length)}</Badge>
      }
    >
      <Facts
        items={[
          [en.common.id, <CopyId key="id" id={evaluation.id} />],
          [en.decisions.time, <Time key="t" value={evaluation.evaluationTime} />],
          [
            en.instances.instance,
            evaluation.processInstanceId && <InstanceLink key="i" id={evaluation.processInstanceId} />,
          ],
          [en.incidents.activity, evaluation.activityId],
        ]}
      />
      <Answer of={xml}>
        {(model) => (
          <DmnDiagram
            xml={model}
            label={label}
            decisionKey={evaluation.decisionDefinitionKey}
            firedRules={fired}
          />
        )}
      </Answer>
      <div className="columns">
        <Card title={en.decisions.inputs}>
          <Values values={evaluation.inputs ?? []} />
        </Card>
        <Card title={en.decisions.outputs}>
          <Values values={outputs} />
        </Card>
      </div>
    </Page>
  );
}

function Values({ values }: { values: (DecisionInput | DecisionOutput)[] }) {
  if (values.length === 0) return <p className="muted">{en.common.none}</p>;
  return (
    <dl className="facts facts-list">
      {values.map((value, index) => (
        <div key={`${value.clauseId}-${index}`}>
          <dt>
            {value.clauseName || ('variableName' in value && value.variableName) || value.clauseId}
            {'ruleOrder' in value && value.ruleOrder !== null && (
              <span className="muted"> {en.decisions.hit(value.ruleOrder)}</span>
            )}
          </dt>
          <dd>
            <code>{previewText(value)}</code> <span className="muted">{value.type}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
