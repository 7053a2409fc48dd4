import { Link } from 'react-router';
import type { DecisionDefinition, ProcessDefinition } from '../../api/types';
import { definitionLabel } from '../../lib/format';
import { en } from '../../text/en';
import { Icon } from '../../ui/icon';
import { decisionPath } from '../decisions/path';
import { processPath } from '../links';

interface DefinitionLinksProps {
  processes: ProcessDefinition[];
  decisions: DecisionDefinition[];
}

/** What a deployment holds. */
export const DefinitionLinks = ({ processes, decisions }: DefinitionLinksProps) => (
  <ul className="link-list">
    {[
      ...processes.map((process) => ({ ...process, icon: 'process' as const, to: processPath(process.id) })),
      ...decisions.map((decision) => ({
        ...decision,
        icon: 'decision' as const,
        to: decisionPath(decision.id),
      })),
    ].map((definition) => (
      <li key={definition.id}>
        <Icon name={definition.icon} />
        <Link to={definition.to}>{definitionLabel(definition)}</Link>
        <span className="muted">{en.common.versionNumber(definition.version)}</span>
      </li>
    ))}
  </ul>
);
