using System.Globalization;
using System.Text.RegularExpressions;
using TensorGraph.Ir;

namespace TensorGraph.Backends.Gpu;

/// <summary>Errors of kernel compilers.</summary>
internal static partial class BuildFailure
{
    /// <summary>TG5011: the first error of a compiler's log, with the line of the kernel that it names.</summary>
    public static GraphException Of(Dialect dialect, string device, string kernel, string log)
    {
        string first = log.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase), log.Trim());
        Match place = Place().Match(first);
        string[] lines = kernel.Split('\n');
        string where = "";
        if (place.Success && int.TryParse(place.Groups[1].Value, CultureInfo.InvariantCulture, out int number))
        {
            int line = number - dialect.LinesBefore;
            if (line > 0 && line <= lines.Length) where = string.Create(CultureInfo.InvariantCulture, $" at line {line} `{lines[line - 1].Trim()}`");
        }
        return new GraphException(
            DiagnosticIds.KernelRefused, $"build: the {dialect.Name} compiler of {device} refuses a kernel{where}: {first.Trim()}",
            $"It is a fault of TensorGraph or of the driver: report both with this kernel.\n{kernel}");
    }

    /// <summary>TG5011: a kernel that the device does not run with groups as large as it is written for.</summary>
    public static GraphException TooLarge(GpuDriver driver, KernelLaunch launch, int mostItems) => new(
        DiagnosticIds.KernelRefused,
        FormattableString.Invariant($"launch: {driver.Description} runs groups of at most {mostItems} items of a kernel that needs {launch.GroupSize}"),
        $"Use another device for this graph, and report it with this kernel.\n{launch.Source}");

    /// <summary>TG5003: a kernel with more groups than a device counts.</summary>
    public static GraphException TooManyGroups(KernelLaunch launch, Commands.Command command) => new(
        DiagnosticIds.TooManyElements,
        string.Create(CultureInfo.InvariantCulture,
            $"{(command.Origin is [var node, ..] ? node.Op.Name : "launch")}: its kernel has {launch.Groups:N0} groups of items, devices run at most {KernelLaunch.MostGroups:N0}"),
        "Split the tensor, and compute it in parts.", command.Origin is [var first, ..] ? first.Source : SourceSpan.None);

    [GeneratedRegex(@"[:(](\d+)(?::\d+:|\))")]
    private static partial Regex Place();
}
