import { Navigate, useParams } from 'react-router';
import { listDefinitions } from '../../api/processes';
import { useLive } from '../../state/queries';
import { en } from '../../text/en';
import { Answer, Empty } from '../../ui/feedback';
import { processPath } from '../links';

/** A link that always leads to the latest version. */
export default function ProcessByKey() {
  const { key = '' } = useParams();
  const latest = useLive(['definition', 'latest', key], (signal) =>
    listDefinitions({ key, latestVersion: true, maxResults: 1 }, signal),
  );
  return (
    <Answer of={latest}>
      {([definition]) =>
        definition ? (
          <Navigate to={processPath(definition.id)} replace />
        ) : (
          <Empty title={en.errors.missing} />
        )
      }
    </Answer>
  );
}
