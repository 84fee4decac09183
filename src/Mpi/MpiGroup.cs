using System.Runtime.InteropServices;
using MPI;
using TensorGraph.Ir;
using MpiEnvironment = MPI.Environment;

namespace TensorGraph;

/// <summary>
/// The processes of an MPI job, which <c>mpiexec</c> starts; one process without it. MPI is looked for when the group is made: MPICH and what has
/// its binary interface (<c>apt install mpich</c>), or MS-MPI on Windows. Sums are MPI's own all-reduce. A process that fails ends the job, so that
/// none waits for ever: start it again, and it goes on from the last checkpoint.
/// </summary>
public sealed class MpiGroup : WorkerGroup, IDisposable
{
    // The interface that MPI.NET is written for is that of MPICH too.
    private const string Interface = "msmpi";
    private static readonly string[] s_libraries = ["libmpich.so.12", "libmpi.so.12", "libmpi.12.dylib", "msmpi.dll"];

    private readonly MpiEnvironment _environment;
    private readonly Intracommunicator _world;

    static MpiGroup() => NativeLibrary.SetDllImportResolver(
        typeof(Communicator).Assembly, (name, _, _) => name.StartsWith(Interface, StringComparison.Ordinal) ? Find() : 0);

    private MpiGroup()
    {
        string[] arguments = [];
        _environment = new(ref arguments, Threading.Serialized);
        _world = Communicator.world;
    }

    /// <inheritdoc/>
    public override int Rank => _world.Rank;

    /// <inheritdoc/>
    public override int Count => _world.Size;

    /// <summary>Joins the job, once in a process. Errors: TG5009 when MPI can't be loaded.</summary>
    public static MpiGroup Start()
    {
        if (Find() == 0)
        {
            throw new GraphException(DiagnosticIds.WorkerLost, $"mpi: no library of MPI can be loaded: {string.Join(", ", s_libraries)}",
                "Install MPICH (Debian: apt install mpich) or MS-MPI, and start the program by mpiexec.", SourceSpan.Capture());
        }

        return new();
    }

    /// <inheritdoc/>
    public override void Sum(float[] values) => Reduce(Throw.IfNull(values), Operation<float>.Add);

    /// <inheritdoc/>
    public override void Sum(double[] values) => Reduce(Throw.IfNull(values), Operation<double>.Add);

    /// <inheritdoc/>
    public override void Broadcast(byte[] values) => Try(() => _world.Broadcast(ref values, 0));

    /// <inheritdoc/>
    public override void Fail(string reason)
    {
        if (Count == 1)
            return;
        TensorGraphOptions.Current.Warnings.WriteLine($"Process {Rank} of {Count} can't go on: {reason}");
        TensorGraphOptions.Current.Warnings.Flush();
        MpiEnvironment.Abort(1);
    }

    /// <summary>Leaves the job.</summary>
    public void Dispose() => _environment.Dispose();

    private void Reduce<T>(T[] values, ReductionOperation<T> operation)
    {
        if (values.Length == 0)
            return;
        Try(() =>
        {
            var sums = new T[values.Length];
            _world.Allreduce(values, operation, ref sums);
            sums.CopyTo(values, 0);
        });
    }

    private void Try(Action exchange)
    {
        try
        {
            exchange();
        }
        catch (Exception fault) when (fault is not (GraphException or OutOfMemoryException))
        {
            throw new GraphException(DiagnosticIds.WorkerLost, $"worker: process {Rank} of {Count} can't reach the others: {fault.Message}",
                "Start the job again: it goes on from the last checkpoint.", SourceSpan.Capture(), fault);
        }
    }

    private static nint Find()
    {
        foreach (string library in s_libraries)
        {
            if (NativeLibrary.TryLoad(library, out nint handle))
                return handle;
        }

        return 0;
    }
}
