import { Link } from 'react-router';
import type { DefinitionStatistics } from '../../api/types';
import { definitionLabel, formatNumber } from '../../lib/format';
import { useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Answer, Empty } from '../../ui/feedback';
import { processPath } from '../links';
import { boundedStatistics } from './statistics';

interface Busy {
  id: string;
  label: string;
  instances: number;
  incidents: number;
}

/** Versions of one definition are one line, linked to the latest. */
export function byKey(statistics: DefinitionStatistics[]): Busy[] {
  const lines = new Map<string, Busy & { version: number }>();
  for (const { definition, instances, incidents } of statistics) {
    const key = `${definition.tenantId ?? ''}/${definition.key}`;
    const line = lines.get(key) ?? { id: '', label: '', instances: 0, incidents: 0, version: 0 };
    const failures = incidents.reduce((sum, incident) => sum + incident.incidentCount, 0);
    const latest = definition.version > line.version;
    lines.set(key, {
      id: latest ? definition.id : line.id,
      label: latest ? definitionLabel(definition) : line.label,
      version: Math.max(definition.version, line.version),
      instances: line.instances + instances,
      incidents: line.incidents + failures,
    });
  }
  return [...lines.values()].filter((line) => line.instances > 0).sort((a, b) => b.instances - a.instances);
}

export function Busiest() {
  const statistics = useLive(['dashboard', 'statistics'], boundedStatistics, { slow: 15_000 });
  return (
    <Answer of={statistics}>
      {(data) => {
        if (data === null) return <Empty icon="process" title={en.dashboard.tooMany} />;
        const rows = byKey(data).slice(0, 6);
        if (rows.length === 0) return <Empty icon="process" title={en.dashboard.nothingRuns} />;
        return (
          <ul className="bars">
            {rows.map((row) => (
              <li key={row.id}>
                <Link to={processPath(row.id)}>{row.label}</Link>
                <span className="bar-value">
                  {row.incidents > 0 && (
                    <span className="bar-incidents">{en.dashboard.failing(row.incidents)}</span>
                  )}
                  {formatNumber(row.instances)}
                </span>
                <span className="bar" aria-hidden="true">
                  <span style={{ width: `${(row.instances / rows[0]!.instances) * 100}%` }} />
                </span>
              </li>
            ))}
          </ul>
        );
      }}
    </Answer>
  );
}
