namespace TensorGraph;

/// <summary>
/// Graph functions with their variables, as a folder that another program loads without the classes that they were saved from. Source:
/// tf.saved_model.
/// </summary>
/// <example>
/// <code>
/// string folder = Path.Combine(Directory.CreateTempSubdirectory().FullName, "half_plus_two");
/// var function = GraphFunction.Of(Model.Predict).GetConcreteFunction(TensorSpec.Parse("f32[n]"));
/// SavedModel.Save(folder, [new("serving_default", function)]);
/// var loaded = SavedModel.Load(folder).Signatures["serving_default"];
/// Console.WriteLine(loaded.Call(new Dictionary&lt;string, Tensor&gt; { ["x"] = new[] { 1f, 2f } }).Values.First()); // [2.5, 3]
///
/// public static partial class Model
/// {
///     [GraphFunction]
///     public static Tensor Predict(Tensor x) =&gt; x * 0.5f + 2;
/// }
/// </code>
/// </example>
public sealed partial class SavedModel
{
    internal SavedModel(
        IReadOnlyDictionary<string, SavedSignature> signatures, IReadOnlyDictionary<string, Variable> variables,
        IReadOnlyDictionary<string, string> assets) =>
        (Signatures, Variables, Assets) = (signatures, variables, assets);

    /// <summary>The saved functions by name.</summary>
    public IReadOnlyDictionary<string, SavedSignature> Signatures { get; }

    /// <summary>The variables by name. Signatures share them: an assignment shows in the next call of each.</summary>
    public IReadOnlyDictionary<string, Variable> Variables { get; }

    /// <summary>Paths of the files that were saved along, by name.</summary>
    public IReadOnlyDictionary<string, string> Assets { get; private set; }

    /// <summary>
    /// Writes a model. A folder that has one already keeps the old model whole until the new one is complete. Variables have the values of this
    /// call; two signatures that use one variable share it. Errors: TG1002 null, TG1006 the folder can't be written or an asset can't be read,
    /// TG1010 a variable whose name the weight format can not hold, TG1011 a function that calls C# code or names that are given twice, TG2002 a
    /// variable of text.
    /// </summary>
    /// <param name="path">The folder.</param>
    /// <param name="signatures">The functions, at least one.</param>
    /// <param name="variables">
    /// Names of variables, for example <see cref="Module.NamedVariables"/>; these are all saved. Other variables get their own names.
    /// </param>
    /// <param name="assets">Files to copy into the model: their paths by the names that they get, <c>vocabulary/en.txt</c>.</param>
    public static void Save(
        string path, IReadOnlyList<SignatureDefinition> signatures, IReadOnlyDictionary<string, Variable>? variables = null,
        IReadOnlyDictionary<string, string>? assets = null) =>
        new ModelWriter(variables).Write(Throw.IfNull(path), Throw.IfNull(signatures), assets ?? new Dictionary<string, string>());

    /// <summary>
    /// Writes this model, with the values that its variables have now: after a training, with other weights, or one that was read from another
    /// format. Errors: as for <see cref="Save(string, IReadOnlyList{SignatureDefinition}, IReadOnlyDictionary{string, Variable}, IReadOnlyDictionary{string, string})"/>.
    /// </summary>
    /// <param name="path">The folder.</param>
    public void Save(string path)
    {
        new ModelWriter(Variables).Write(Throw.IfNull(path), this);
        // The files of a model that was replaced are gone.
        if (Assets.Values.Any(file => !File.Exists(file)))
            Assets = ModelFolder.AssetsOf(path);
    }

    /// <summary>
    /// Reads a model and compiles its graphs for the current device. Errors: TG1002 null, TG1006 a folder that is missing, damaged, or of a later
    /// version.
    /// </summary>
    /// <param name="path">The folder.</param>
    public static SavedModel Load(string path) => ModelReader.Read(Throw.IfNull(path));
}
