namespace TensorGraph;

/// <summary>Calls the hooks of a run in their order.</summary>
internal sealed class HookRunner(HookContext context)
{
    private readonly List<EstimatorHook> _hooks = [];
    private IReadOnlyList<string>[] _wanted = [];
    private int _ended;
    private bool _hasBegun;
    private bool _isCreated;

    public HookContext Context => context;

    /// <summary>Adds hooks. Those of a spec begin when it is known: after the trace, or after the first step where nothing is traced.</summary>
    public void Add(IEnumerable<EstimatorHook> hooks)
    {
        EstimatorHook[] added = [.. hooks.Select(hook => Throw.IfNull(hook))];
        _hooks.AddRange(added);
        if (_hasBegun)
            Begin(added);
        if (_isCreated)
            Create(added);
    }

    /// <summary>The hooks of a type.</summary>
    public IEnumerable<T> Of<T>() => _hooks.OfType<T>();

    /// <summary>Puts a hook of the spec in the place of one that has begun, and may have been created: it goes on for that one.</summary>
    /// <param name="old">The hook that is there.</param>
    /// <param name="hook">The hook that is to be.</param>
    /// <param name="afterBegin">Done after <see cref="EstimatorHook.Begin"/>.</param>
    public void Replace(EstimatorHook old, EstimatorHook hook, Action afterBegin)
    {
        _hooks[_hooks.IndexOf(old)] = hook;
        Begin([hook]);
        afterBegin();
    }

    /// <summary>Before anything is traced, so that a profile has that too.</summary>
    public void Begin()
    {
        _hasBegun = true;
        Begin(_hooks);
    }

    public void Create()
    {
        _isCreated = true;
        Create(_hooks);
    }

    /// <summary>The tensors of a batch, with what hooks put in their place.</summary>
    public Tensor[] Before(IReadOnlyList<(string Name, Tensor Value)> leaves)
    {
        _wanted = [.. _hooks.Select(hook => Throw.IfNull(hook.BeforeRun(context), $"BeforeRun of {hook.GetType().Name}"))];
        return context.Fed(leaves);
    }

    public void After(ModelOutput output)
    {
        context.Runs++;
        context.SetLoss(context.Mode == EstimatorMode.Predict ? null : output[ModelLayout.Loss]);
        for (int i = 0; i < _wanted.Length; i++)
        {
            var values = new Dictionary<string, Tensor>(StringComparer.Ordinal);
            foreach (string name in _wanted[i])
                values[name] = name == ModelLayout.GlobalStep ? context.GlobalStep : output.Find(name) ?? Unknown(name, output);
            _hooks[i].AfterRun(context, values);
        }
    }

    public void End()
    {
        for (; _ended < _hooks.Count; _ended++)
            _hooks[_ended].End(context);
    }

    /// <summary>Lets hooks that have not ended give up. Their exceptions are not to hide the one that ended the run.</summary>
    public void Abort()
    {
        foreach (var hook in _hooks.Skip(_ended))
        {
            try
            {
                hook.Abort(context);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                TensorGraphOptions.Current.Warnings.WriteLine($"Hook {hook.GetType().Name} failed in Abort: {fault.Message}");
            }
        }
    }

    private void Begin(IReadOnlyList<EstimatorHook> hooks)
    {
        foreach (var hook in hooks)
            hook.Begin(context);
    }

    private void Create(IReadOnlyList<EstimatorHook> hooks)
    {
        foreach (var hook in hooks)
            hook.AfterCreate(context);
    }

    private static Tensor Unknown(string name, ModelOutput output)
    {
        Misuse.Raise("hook", $"there is no tensor '{name}'",
            $"There are {string.Join(", ", output.Layout.Names.Select(full => full[(full.IndexOf('/', StringComparison.Ordinal) + 1)..]).Append(ModelLayout.GlobalStep))}.");
        return null!;
    }
}
