/** Reports as TanStack queries; the answer before stays in view while the next one comes. */

import { keepPreviousData, QueryClient, useMutation, type UseMutationResult, useQuery, type UseQueryResult } from "@tanstack/react-query";
import { ApiError, fetchReport, type Params, send } from "./client.ts";
import type { Dimensions } from "./questions.ts";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 1 && error instanceof ApiError && (error.problem.status === 0 || error.problem.status === 503),
    },
  },
});

interface Options {
  enabled?: boolean;
  keep?: boolean;
}

export function useReport<T>(path: string, params: Params = {}, options: Options = {}): UseQueryResult<T, Error> {
  const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
  return useQuery<T>({
    queryKey: [path, given],
    queryFn: ({ signal }) => fetchReport<T>(path, given, signal),
    enabled: options.enabled ?? true,
    ...(options.keep === false ? {} : { placeholderData: keepPreviousData }),
  });
}

export function useDimensions(): UseQueryResult<Dimensions, Error> {
  return useReport<Dimensions>("/dimensions");
}

/** The perspective that attributes all cost to a dimension: the one named like it, else the first. */
export function usePerspectiveTo(dimension: string): string | undefined {
  const found = useDimensions().data?.perspectives.filter((one) => one.to === dimension) ?? [];
  return (found.find((one) => one.name === dimension) ?? found[0])?.name;
}

export interface Sent {
  path: string;
  body?: object;
}

/** Changes something below `about`, of which every answer is then asked for anew. */
export function useSend<T>(about: string): UseMutationResult<T, Error, Sent> {
  return useMutation<T, Error, Sent>({
    mutationFn: ({ path, body }) => send<T>(path, body),
    onSettled: () => queryClient.invalidateQueries({ predicate: (query) => String(query.queryKey[0]).startsWith(about) }),
  });
}
