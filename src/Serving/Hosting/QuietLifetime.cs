using Microsoft.Extensions.Hosting;

namespace TensorGraph.Serving;

/// <summary>Leaves signals of the system to the program, which ends its servers together.</summary>
internal sealed class QuietLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
