using System.Text.Json;

namespace TensorGraph.Serving;

/// <summary>The page at <c>/</c>, and the figures that it shows.</summary>
internal static class StatusPage
{
    private static readonly JsonSerializerOptions s_options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };
    private static readonly Lazy<string> s_html = new(Read);

    /// <summary>The page, without anything from elsewhere.</summary>
    public static string Html => s_html.Value;

    /// <summary>Models, versions and figures.</summary>
    public static string Json(ModelRegistry registry, ServerMetrics metrics) => JsonSerializer.Serialize(
        new
        {
            Version = ServerVersion.Text,
            Ready = registry.IsReady,
            Models = registry.Names.Select(name => Model(registry, name)),
            Latency = new { Bounds = Histogram.Latencies, Rows = metrics.Latency.Rows().Select(row =>
                new { Model = row.Labels[0], Api = row.Labels[1], Entrypoint = row.Labels[2], row.Counts }) },
            Batches = new { Bounds = Histogram.Sizes, Rows = metrics.Batches.Rows().Select(row => new { Model = row.Labels[0], row.Counts }) },
        },
        s_options);

    private static object Model(ModelRegistry registry, string name)
    {
        var (labels, problem, platform) = registry.FactsOf(name);
        var versions = registry.VersionsOf(name) ?? [];
        return new
        {
            Name = name,
            Platform = platform,
            Problem = problem,
            Versions = versions.Select(version => new
            {
                // A number in JSON has fewer digits than a version may have.
                Version = $"{version.Number}",
                State = $"{version.State}".ToUpperInvariant(),
                Error = version.Error.Text,
                version.Leases,
                Since = version.AvailableSince?.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture),
                Labels = labels.Where(label => label.Value == version.Number).Select(label => label.Key),
            }),
            Signatures = Signatures(versions),
        };
    }

    private static IEnumerable<object> Signatures(IReadOnlyList<ModelVersion> versions)
    {
        using var lease = versions.Select(version => version.TryLease()).FirstOrDefault(lease => lease is not null);
        return lease is null ? [] : [.. lease.Servable.Signatures.Values.Select(signature => new
        {
            signature.Name,
            Method = $"{signature.Method}".ToLowerInvariant(),
            Text = $"{signature.Name}({Text(signature.Inputs)}) → {Text(signature.Outputs)}",
            Inputs = signature.Inputs.Select(input => new
            {
                Name = input.Key,
                Dtype = input.Value.DType.Name(),
                Shape = input.Value.Shape.Select(size => size.IsConstant ? size.Value : -1),
            }),
        })];
    }

    private static string Text(IReadOnlyDictionary<string, TensorSpec> specs) => string.Join(", ", specs.Select(spec => $"{spec.Key}: {spec.Value}"));

    private static string Read()
    {
        using var stream = typeof(StatusPage).Assembly.GetManifestResourceStream("Page/status.html")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
