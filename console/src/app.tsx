import { lazy, useState } from 'react';
import { QueryClientProvider } from '@tanstack/react-query';
import { createHashRouter, Navigate, RouterProvider, type RouteObject } from 'react-router';
import { SessionProvider } from './state/session';
import { createQueryClient } from './state/queries';
import { ToastProvider } from './ui/toast';
import { PageCrash } from './shell/crash';
import { Gate } from './shell/gate';
import { Shell } from './shell/shell';

const Dashboard = lazy(() => import('./pages/dashboard'));
const Processes = lazy(() => import('./pages/processes'));
const Process = lazy(() => import('./pages/process'));
const ProcessByKey = lazy(() => import('./pages/process/by-key'));
const Compare = lazy(() => import('./pages/compare'));
const Migrate = lazy(() => import('./pages/migrate'));
const BulkModify = lazy(() => import('./pages/bulk-modify'));
const Instances = lazy(() => import('./pages/instances'));
const Instance = lazy(() => import('./pages/instance'));
const Incidents = lazy(() => import('./pages/incidents'));
const Tasks = lazy(() => import('./pages/tasks'));
const Decisions = lazy(() => import('./pages/decisions'));
const Decision = lazy(() => import('./pages/decisions/decision'));
const Evaluation = lazy(() => import('./pages/decisions/evaluation'));
const Batches = lazy(() => import('./pages/batches'));
const Deployments = lazy(() => import('./pages/deployments'));
const Deployment = lazy(() => import('./pages/deployments/deployment'));
const People = lazy(() => import('./pages/people'));
const Audit = lazy(() => import('./pages/audit'));
const System = lazy(() => import('./pages/system'));

const pages: RouteObject[] = [
  { index: true, element: <Dashboard /> },
  { path: 'processes', element: <Processes /> },
  { path: 'processes/key/:key', element: <ProcessByKey /> },
  { path: 'processes/:definitionId', element: <Process /> },
  { path: 'processes/:definitionId/compare/:otherId', element: <Compare /> },
  { path: 'processes/:definitionId/migrate', element: <Migrate /> },
  { path: 'processes/:definitionId/modify', element: <BulkModify /> },
  { path: 'instances', element: <Instances /> },
  { path: 'instances/:instanceId', element: <Instance /> },
  { path: 'incidents', element: <Incidents /> },
  { path: 'tasks', element: <Tasks /> },
  { path: 'decisions', element: <Decisions /> },
  { path: 'decisions/:decisionId', element: <Decision /> },
  { path: 'decisions/evaluations/:evaluationId', element: <Evaluation /> },
  { path: 'batches', element: <Batches /> },
  { path: 'deployments', element: <Deployments /> },
  { path: 'deployments/:deploymentId', element: <Deployment /> },
  { path: 'people', element: <People /> },
  { path: 'audit', element: <Audit /> },
  { path: 'system', element: <System /> },
  { path: '*', element: <Navigate to="/" replace /> },
];

// Routes live behind the `#`: the server has no path to know but `/`.
const router = createHashRouter([
  {
    element: <Shell />,
    errorElement: <PageCrash />,
    children: pages.map((page) => ({ ...page, errorElement: <PageCrash /> })) as RouteObject[],
  },
]);

export function App() {
  const [queries] = useState(createQueryClient);
  return (
    <QueryClientProvider client={queries}>
      <ToastProvider>
        <SessionProvider>
          <Gate>
            <RouterProvider router={router} />
          </Gate>
        </SessionProvider>
      </ToastProvider>
    </QueryClientProvider>
  );
}
