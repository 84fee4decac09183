namespace TensorGraph;

/// <summary>
/// Values that some variables have in one run only, between <see cref="Enter"/> and <see cref="Dispose"/>: they begin as they are, and each time go
/// on where the run left them. Outside the variables are as if it had not run.
/// </summary>
internal sealed class OwnStates(Variable[] states) : IDisposable
{
    private readonly Tensor[] _others = Array.ConvertAll(states, state => state.Value);

    /// <summary>Gives the variables the values of the run, until <see cref="Dispose"/>.</summary>
    public IDisposable Enter()
    {
        Exchange();
        return this;
    }

    public void Dispose() => Exchange();

    private void Exchange()
    {
        for (int i = 0; i < states.Length; i++)
        {
            Tensor here = states[i].Value;
            states[i].Assign(_others[i]);
            _others[i] = here;
        }
    }
}
