import { useRouteError } from 'react-router';
import { en } from '../text/en';
import { ErrorPanel } from '../ui/feedback';
import { Page } from '../ui/page';

/** A page that threw: the rest of the console goes on. */
export function PageCrash() {
  const error = useRouteError();
  return (
    <Page title={en.errors.crashed}>
      <ErrorPanel error={error} retry={() => window.location.reload()} />
    </Page>
  );
}
