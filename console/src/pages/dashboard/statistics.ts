import { countDefinitions, definitionStatistics } from '../../api/processes';

/** Statistics come for all versions at once; beyond so many of them the panel stays away. */
export const statisticsLimit = 500;

export async function boundedStatistics() {
  const count = await countDefinitions({});
  return count > statisticsLimit ? null : definitionStatistics();
}
