using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using TensorGraph.Ir;

namespace TensorGraph;

/// <summary>
/// The variables of a model by their paths, its optimisers, metrics and generators of random numbers: all that the object leads to whose method the
/// model function is, what it captures, static members of its class, and the parameters.
/// </summary>
internal sealed class ModelState
{
    private const int Deepest = 16;

    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Variable> _isFound = new(ReferenceEqualityComparer.Instance);
    private readonly List<Module> _modules = [];
    private readonly List<(string Name, Optimizer Optimizer)> _optimizers = [];
    private readonly List<Metric> _metrics = [];
    private readonly OrderedDictionary<string, RandomGenerator> _generators = new(StringComparer.Ordinal);
    private readonly HashSet<Assembly> _assemblies = [];
    private readonly List<(IEnumerable Items, string Path)> _sets = [];

    private ModelState()
    {
    }

    /// <summary>Variables of the model by path: <c>classifier.dense.kernel</c>.</summary>
    public OrderedDictionary<string, Variable> Variables { get; } = new(StringComparer.Ordinal);

    public static ModelState Of(Delegate modelFn, object? parameters)
    {
        var state = new ModelState();
        foreach (object? root in new[] { modelFn.Target, parameters }.Where(root => root is not null))
            state._assemblies.Add(root!.GetType().Assembly);
        state._assemblies.Add(modelFn.Method.Module.Assembly);
        state.Walk(modelFn.Target, "", 0);
        state.WalkStatic(modelFn.Method.DeclaringType);
        state.Walk(parameters, parameters is Module or Variable or Optimizer ? "params" : "", 0);
        state.CheckSets();
        // Not to be kept alive.
        state._seen.Clear();
        state._seen.TrimExcess();
        return state;
    }

    /// <summary>States of random generators by path; that of the default one is always there.</summary>
    public IReadOnlyDictionary<string, Variable> Generators
    {
        get
        {
            var states = _generators.ToDictionary(entry => entry.Key, entry => entry.Value.State);
            if (!_generators.ContainsValue(RandomGenerator.Default) && !states.TryAdd(Checkpoint.DefaultGenerator, RandomGenerator.Default.State))
                throw TwoOf("random generators", Checkpoint.DefaultGenerator);
            return states;
        }
    }

    /// <summary>All that a checkpoint holds, by name.</summary>
    public OrderedDictionary<string, Variable> Saved() =>
        Checkpoint.Named(Variables, _optimizers.Select(entry => ($"optimizer/{entry.Name}/", entry.Optimizer)), Generators);

    /// <summary>The variables that an optimiser changes when it is not told: trainable variables, without those of frozen modules.</summary>
    public IReadOnlyList<Variable> Trainable()
    {
        HashSet<Variable> ofModules = new(_modules.SelectMany(module => module.Variables), ReferenceEqualityComparer.Instance);
        HashSet<Variable> learns = new(_modules.SelectMany(module => module.TrainableVariables), ReferenceEqualityComparer.Instance);
        return [.. Variables.Values.Where(variable => variable.IsTrainable && (learns.Contains(variable) || !ofModules.Contains(variable)))];
    }

    /// <summary>
    /// TG1017 when a graph assigns a variable that is not found, or reads one that could be trained: no checkpoint would hold it.
    /// </summary>
    public void CheckFound(Ir.Graph graph)
    {
        HashSet<Resource> known = new(Saved().Values.Concat(MetricStates).Select(variable => variable.Resource), ReferenceEqualityComparer.Instance);
        var missing = graph.Entry.AllNodes().SelectMany(node => node.Effects).Where(effect => effect.Resource.Kind == ResourceKind.Variable
            && (effect.IsWrite || effect.Resource.IsTrainable) && !known.Contains(effect.Resource))
            .OrderByDescending(effect => effect.IsWrite).ToArray();
        if (missing is [var first, ..])
        {
            Misuse.Raise("model_fn",
                $"it {(first.IsWrite ? "assigns" : "reads trainable")} variable '{first.Resource.Name}', which is not found in the object of the model function",
                "Keep modules, optimisers, metrics and variables in members of that object, also in arrays, lists, dictionaries and tuples, or in variables that the function captures.");
        }
    }

    /// <summary>TG1017 when a metric of a spec is not updated by the graph.</summary>
    public static void CheckUpdated(Ir.Graph graph, IReadOnlyDictionary<string, Metric> metrics)
    {
        HashSet<Resource> written = new(graph.Entry.AllNodes().SelectMany(node => node.Effects).Where(effect => effect.IsWrite)
            .Select(effect => effect.Resource), ReferenceEqualityComparer.Instance);
        foreach (var (name, metric) in metrics)
        {
            if (metric.Variables.Count > 0 && !metric.Variables.Any(variable => written.Contains(variable.Resource)))
                Misuse.Raise("model_fn", $"metric '{name}' is not updated", "Call its Update in the model function, for the mode Evaluate.");
        }
    }

    /// <summary>TG1017 when a graph that is not for training changes the model.</summary>
    public void CheckUnchanged(Ir.Graph graph, EstimatorMode mode)
    {
        HashSet<Resource> model = new(Variables.Values.Select(variable => variable.Resource), ReferenceEqualityComparer.Instance);
        foreach (var effect in graph.Entry.AllNodes().SelectMany(node => node.Effects))
        {
            if (effect.IsWrite && model.Contains(effect.Resource))
            {
                Misuse.Raise("model_fn", $"it assigns variable '{effect.Resource.Name}' of the model in mode {mode}",
                    "Change the model in mode Train only: pass training: mode == EstimatorMode.Train to layers.");
            }
        }
    }

    /// <summary>States that a run which is no training has for itself: those of random generators, and of metrics that a training uses.</summary>
    public OwnStates Own(bool withMetrics) => new([.. Generators.Values, .. withMetrics ? MetricStates : []]);

    /// <summary>The states of all metrics.</summary>
    public IEnumerable<Variable> MetricStates => _metrics.SelectMany(metric => metric.Variables);

    /// <summary>A metric that the estimator made itself.</summary>
    public void Add(Metric metric) => _metrics.Add(metric);

    /// <summary>Sets all metrics back.</summary>
    public void ResetMetrics()
    {
        foreach (var metric in _metrics)
            metric.Reset();
    }

    private void Walk(object? value, string path, int depth)
    {
        if (value is null || !Leads(value.GetType()) || depth > Deepest)
            return;
        if (value is Variable variable)
        {
            Add(variable, path);
            return;
        }

        if (!value.GetType().IsValueType && !_seen.Add(value))
            return;
        switch (value)
        {
            case Module module:
                Add(module, path);
                break;
            case Optimizer optimizer:
                string own = path.Length == 0 ? "optimizer" : path;
                if (_optimizers.Exists(other => other.Name == own))
                    throw TwoOf("optimisers", own);
                _optimizers.Add((own, optimizer));
                break;
            case Metric metric:
                _metrics.Add(metric);
                break;
            case RandomGenerator generator:
                Add(generator, path.Length == 0 ? "generator" : path);
                break;
            case MovingAverage average:
                foreach (var (number, each) in average.Averages.Index())
                    Add(each, Item(path, number));
                break;
            case Delegate function:
                foreach (var each in function.GetInvocationList())
                    Walk(each.Target, path, depth + 1);
                break;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++)
                    Walk(tuple[i], Item(path, i), depth + 1);
                break;
            case IEnumerable items when HoldsObjects(value.GetType()) && IsSet(value.GetType()):
                _sets.Add((items, path));
                WalkFieldsOfUsers(value, path, depth);
                break;
            case ICollection items:
                WalkItems(items, path, depth);
                // Of a class of the user's that is a collection.
                WalkFieldsOfUsers(value, path, depth);
                break;
            default:
                if (IsOf(value.GetType(), typeof(KeyValuePair<,>)) || (IsOf(value.GetType(), typeof(Lazy<>)) && Get("IsValueCreated") is true))
                    Walk(Get("Value"), path, depth + 1);
                WalkFieldsOfUsers(value, path, depth);
                break;
        }

        object? Get(string property) => value.GetType().GetProperty(property)!.GetValue(value);
    }

    private void WalkItems(ICollection items, string path, int depth)
    {
        if (!HoldsObjects(items.GetType()) || IsDefault(items))
            return;
        foreach (var (key, item) in ItemsOf(items))
        {
            if (Leads(item?.GetType()))
                Walk(item, Item(path, key), depth + 1);
        }
    }

    // A collection that can't be read, such as a queue that was disposed of, leads nowhere.
    private static List<(object Key, object? Item)> ItemsOf(IEnumerable items)
    {
        var found = new List<(object, object?)>();
        try
        {
            if (items is IDictionary map)
            {
                foreach (DictionaryEntry entry in map)
                    found.Add((entry.Key, entry.Value));
            }
            else
            {
                foreach (object? item in items)
                    found.Add((found.Count, item));
            }
        }
        catch (Exception fault) when (fault is InvalidOperationException or NotSupportedException)
        {
            return [];
        }

        return found;
    }

    // The order of a set is another one in another process, and with it the names: it may hold what is found elsewhere.
    private void CheckSets()
    {
        // Sets may lead to sets.
        for (int i = 0; i < _sets.Count; i++)
        {
            var (items, path) = _sets[i];
            int before = Variables.Count + _optimizers.Count + _metrics.Count + _generators.Count;
            foreach (var (number, item) in ItemsOf(items))
                Walk(item, Item(path, number), 0);
            if (Variables.Count + _optimizers.Count + _metrics.Count + _generators.Count > before)
                Misuse.Raise("model_fn", $"'{path}' is a set, whose variables have no order that stays", "Keep them in a list, an array or a dictionary.");
        }
    }

    private void WalkFieldsOfUsers(object value, string path, int depth)
    {
        if (_assemblies.Contains(value.GetType().Assembly))
            WalkFields(value, value.GetType(), path, depth);
    }

    // Data of a model may be large: its elements are not made objects one by one.
    private static bool HoldsObjects(Type type)
    {
        if (type.IsArray)
            return Leads(type.GetElementType());
        Type[] elements = [.. type.GetInterfaces().Where(face => IsOf(face, typeof(IEnumerable<>))).Select(face => face.GetGenericArguments()[0])];
        return elements.Length == 0
            || Array.Exists(elements, element => Leads(IsOf(element, typeof(KeyValuePair<,>)) ? element.GetGenericArguments()[1] : element));
    }

    // Of no order: sorted ones have one.
    private static bool IsSet(Type type) => !IsOf(type, typeof(SortedSet<>)) && !IsOf(type, typeof(ImmutableSortedSet<>))
        && Array.Exists(type.GetInterfaces(), face => IsOf(face, typeof(IReadOnlySet<>)) || IsOf(face, typeof(ISet<>)));

    private static bool IsOf(Type type, Type definition) => type.IsGenericType && type.GetGenericTypeDefinition() == definition;

    /// <summary>True for what may lead to variables.</summary>
    private static bool Leads(Type? type) => type is not null && !type.IsPrimitive && !type.IsEnum && type != typeof(string)
        && !typeof(Tensor).IsAssignableFrom(type) && !typeof(MemberInfo).IsAssignableFrom(type)
        && !(typeof(ITuple).IsAssignableFrom(type) && type.IsGenericType && !Array.Exists(type.GetGenericArguments(), Leads));

    // An immutable array that was never set has no elements to ask for.
    private static bool IsDefault(object value) =>
        value.GetType() is { IsValueType: true } type && value.Equals(RuntimeHelpers.GetUninitializedObject(type));

    private void WalkFields(object owner, Type type, string path, int depth)
    {
        const BindingFlags own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            foreach (var field in level.GetFields(own).Where(field => Leads(field.FieldType) && !field.FieldType.IsPointer))
                Walk(field.GetValue(owner), IsClosure(field.Name) ? path : ModuleTree.Join(path, Members.NameOf(field)), depth + 1);
        }
    }

    // The class of a lambda that captures nothing is inside the class that it is written in.
    private void WalkStatic(Type? type)
    {
        for (; type is not null; type = type.IsDefined(typeof(CompilerGeneratedAttribute)) ? type.DeclaringType : null)
        {
            if (type.ContainsGenericParameters)
                continue;
            foreach (var field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (!field.IsLiteral && !field.FieldType.IsPrimitive && !typeof(Delegate).IsAssignableFrom(field.FieldType) && !field.Name.StartsWith("<>", StringComparison.Ordinal))
                    Walk(field.GetValue(null), Members.NameOf(field) is ['s', '_', .. var name] ? name : Members.NameOf(field), 1);
            }
        }
    }

    // <>4__this and CS$<>8__locals1 are no names of the user's.
    private static bool IsClosure(string field) => field.StartsWith("<>", StringComparison.Ordinal) || field.StartsWith("CS$<>", StringComparison.Ordinal);

    private static string Item(string path, object key) =>
        ModuleTree.Join(path, Convert.ToString(key, System.Globalization.CultureInfo.InvariantCulture) ?? "");

    private void Add(Module module, string path)
    {
        _modules.Add(module);
        foreach (var (name, variable) in module.NamedVariables)
            Add(variable, ModuleTree.Join(path, name));
        foreach (var (name, inner) in module.Modules)
        {
            foreach (var (member, generator) in Members.GeneratorsOf(inner))
            {
                if (_seen.Add(generator))
                    Add(generator, ModuleTree.Join(ModuleTree.Join(path, name), member));
            }
        }
    }

    private void Add(Variable variable, string path)
    {
        if (!_isFound.Add(variable))
            return;
        string name = path.Length == 0 ? variable.Name : path;
        if (!Variables.TryAdd(name, variable))
            throw TwoOf("variables", name);
    }

    private void Add(RandomGenerator generator, string path)
    {
        if (!_generators.TryAdd(path, generator))
            throw TwoOf("random generators", path);
    }

    private static GraphException TwoOf(string what, string path) => new(
        DiagnosticIds.WeightsDoNotFit, $"model_fn: two {what} have the path '{path}'", "Rename one of the members or keys.", SourceSpan.Capture());
}
