import { Link } from 'react-router';
import { durationReport, listDefinitions } from '../../api/processes';
import type { ProcessDefinition } from '../../api/types';
import { definitionLabel, formatDuration, toEngineDate } from '../../lib/format';
import { useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Answer, Empty } from '../../ui/feedback';
import { processPath } from '../links';

/** Reports are asked for one by one, so only so many definitions are compared. */
const compared = 12;
const month = 30 * 86_400_000;

interface Slow {
  definition: ProcessDefinition;
  average: number;
  maximum: number;
}

async function findSlowest(): Promise<Slow[]> {
  const definitions = await listDefinitions({
    latestVersion: true,
    sortBy: 'deployTime',
    sortOrder: 'desc',
    maxResults: compared,
  });
  const startedAfter = toEngineDate(new Date(Date.now() - month));
  const reports = await Promise.all(
    definitions.map(async (definition) => {
      const rows = await durationReport({ processDefinitionKeyIn: definition.key, startedAfter });
      return {
        definition,
        average: Math.max(0, ...rows.map((row) => row.average)),
        maximum: Math.max(0, ...rows.map((row) => row.maximum)),
      };
    }),
  );
  return reports
    .filter((report) => report.maximum > 0)
    .sort((a, b) => b.average - a.average)
    .slice(0, 6);
}

export function Slowest() {
  const slow = useLive(['dashboard', 'slowest'], findSlowest, { slow: 60_000 });
  return (
    <Answer of={slow}>
      {(rows) =>
        rows.length === 0 ? (
          <Empty icon="clock" title={en.dashboard.noDurations} />
        ) : (
          <ul className="bars">
            {rows.map((row) => (
              <li key={row.definition.id}>
                <Link to={processPath(row.definition.id)}>{definitionLabel(row.definition)}</Link>
                <span className="bar-value" title={en.dashboard.longest(formatDuration(row.maximum))}>
                  ⌀ {formatDuration(row.average)}
                </span>
                <span className="bar" aria-hidden="true">
                  <span
                    className="bar-duration"
                    style={{ width: `${(row.average / rows[0]!.average) * 100}%` }}
                  />
                </span>
              </li>
            ))}
          </ul>
        )
      }
    </Answer>
  );
}
