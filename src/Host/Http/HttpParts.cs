using Host.Metrics;

namespace Host.Http;

/// <summary>What answers the requests.</summary>
/// <param name="Metrics">Scraped by GET /metrics.</param>
/// <param name="Readiness">Run by GET /readyz.</param>
/// <param name="Prompts">Takes POST /v1/prompts.</param>
/// <param name="Status">Answers GET /v1/status; written as JSON in snake case.</param>
internal sealed record HttpParts(
    PrometheusExporter Metrics, ReadinessChecks Readiness, IPromptIntake Prompts, Func<object> Status);
