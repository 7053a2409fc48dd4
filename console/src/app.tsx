import { createElement, useState } from 'react';
import { QueryClientProvider } from '@tanstack/react-query';
import { createHashRouter, Navigate, RouterProvider, type RouteObject } from 'react-router';
import { pages } from './pages/table';
import { SessionProvider } from './state/session';
import { createQueryClient } from './state/queries';
import { ToastProvider } from './ui/toast';
import { PageCrash } from './shell/crash';
import { Gate } from './shell/gate';
import { Shell } from './shell/shell';
import { onDemand } from './ui/on-demand';

const routes: RouteObject[] = [
  ...pages.map((page): RouteObject => {
    const element = createElement(onDemand(page));
    return page.path === '' ? { index: true, element } : { path: page.path, element };
  }),
  { path: '*', element: <Navigate to="/" replace /> },
];

// Routes live behind the `#`: the server has no path to know but `/`.
const router = createHashRouter([
  {
    element: <Shell />,
    errorElement: <PageCrash />,
    children: routes.map((route) => ({ ...route, errorElement: <PageCrash /> })) as RouteObject[],
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
