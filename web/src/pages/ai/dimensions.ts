/** What operations are filtered and grouped by, besides dimensions of their own. */

export const DIMENSIONS = [
  "feature", "model", "provider", "customer", "plan", "team", "project", "user", "workflow", "prompt", "variant", "environment", "region",
  "service_tier", "operation", "unit", "conversation", "requested_model", "organization", "cost_center", "source",
];
