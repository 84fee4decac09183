namespace TensorGraph.Tests;

/// <summary>A test in the processes of a real MPI job, which <c>.ci/run</c> installs where it can.</summary>
internal sealed class MpiFactAttribute : RestoredFactAttribute
{
    public MpiFactAttribute(string project)
        : base("mpi.net", project)
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (Skip is null && !folders.Any(folder => File.Exists(Path.Combine(folder, "mpiexec"))))
            Skip = "needs mpiexec: apt install mpich";
    }
}
