namespace TensorGraph.Serving;

/// <summary>The body of a predict request and of its reply.</summary>
internal static class PredictJson
{
    private const string Instances = "instances", Inputs = "inputs", SignatureName = "signature_name";

    /// <summary>The name of the signature that a body asks for.</summary>
    public static string SignatureOf(JsonTape json)
    {
        RequireObject(json);
        int name = json.Find(0, SignatureName);
        if (name < 0)
            return ServableSignature.Default;
        if (json[name].Kind != JsonKind.String)
            throw ServingException.Invalid("'signature_name' key must be a string value.");
        return json.Text(name) is { Length: > 0 } text ? text : ServableSignature.Default;
    }

    /// <summary>Throws for a body that is no object.</summary>
    public static void RequireObject(JsonTape json)
    {
        if (json[0].Kind != JsonKind.Object)
            throw ServingException.Invalid($"JSON Value: {json.Shown(0)} Type: {json.KindName(0)} is not of expected type: Object");
    }

    /// <summary>Reads the inputs.</summary>
    /// <returns>The inputs, and true when they came as rows.</returns>
    public static (IReadOnlyDictionary<string, Literal> Inputs, bool IsRows) Read(JsonTape json, ServableSignature signature, TensorLimits limits)
    {
        int instances = json.Find(0, Instances), inputs = json.Find(0, Inputs);
        if (instances >= 0 && inputs >= 0)
            throw ServingException.Invalid("Not formatted correctly expecting only one of 'inputs' or 'instances' keys");
        if (instances < 0 && inputs < 0)
            throw ServingException.Invalid("Missing 'inputs' or 'instances' key");
        var tensors = new JsonTensors(json, limits);
        return instances >= 0 ? (Rows(json, tensors, instances, signature), true) : (Columns(json, tensors, inputs, signature), false);
    }

    /// <summary>Writes the reply.</summary>
    public static string Write(IReadOnlyDictionary<string, Literal> outputs, bool isRows, bool writesNonFinite)
    {
        var text = new JsonText(writesNonFinite);
        text.Raw("{").Line(1);
        if (isRows)
            Rows(text, outputs);
        else
            Columns(text, outputs);
        return text.Line(0).Raw("}").Raw("\n").ToString();
    }

    private static Dictionary<string, Literal> Rows(JsonTape json, JsonTensors tensors, int list, ServableSignature signature)
    {
        if (json[list].Kind != JsonKind.Array)
            throw ServingException.Invalid($"Expecting 'instances' value to be a list/array; got {json.KindName(list)}");
        int[] rows = [.. json.Entries(list)];
        if (rows.Length == 0)
            throw ServingException.Invalid("'instances' value is an empty list; expecting at least one element");
        bool IsNamed(int row) => json[row].Kind == JsonKind.Object && !tensors.IsBytes(row);
        bool isNamed = IsNamed(rows[0]);
        if (!isNamed && signature.Inputs.Count != 1)
        {
            throw ServingException.Invalid(
                $"instances is a plain list, but expecting list of objects as multiple input tensors required as per tensorinfo_map; keys must be equal to: {Keys(signature)}");
        }

        if (rows.FirstOrDefault(row => IsNamed(row) != isNamed) is > 0 and var mixed)
            throw ServingException.Invalid($"JSON Value: {json.Shown(mixed)} Type: {json.KindName(mixed)} is not of expected type: {(isNamed ? "Object" : "list or value")}");
        var inputs = new Dictionary<string, Literal>(StringComparer.Ordinal);
        if (!isNamed)
        {
            var (alias, spec) = signature.Inputs.First();
            RequireRows(alias, spec);
            inputs[alias] = tensors.ReadRows(alias, spec, rows, "");
            return inputs;
        }

        foreach (var (i, row) in rows.Index())
        {
            var keys = json.Members(row).Select(member => member.Key).ToHashSet(StringComparer.Ordinal);
            if (keys.Count != json[row].Count || !keys.SetEquals(signature.Inputs.Keys))
                throw ServingException.Invalid($"Failed to process element: {i} of 'instances' list. Error: INVALID_ARGUMENT: JSON object: {json.Shown(row)} keys must be equal to: {Keys(signature)}");
        }

        foreach (var (alias, spec) in signature.Inputs)
        {
            RequireRows(alias, spec);
            inputs[alias] = tensors.ReadRows(alias, spec, [.. rows.Select(row => json.Find(row, alias))], $" key: {alias}");
        }

        return inputs;
    }

    private static void RequireRows(string alias, TensorSpec spec)
    {
        if (spec.Shape.Rank == 0)
            throw ServingException.Invalid($"input '{alias}' is a scalar, which 'instances' has no form for: use 'inputs'");
    }

    private static Dictionary<string, Literal> Columns(JsonTape json, JsonTensors tensors, int value, ServableSignature signature)
    {
        var inputs = new Dictionary<string, Literal>(StringComparer.Ordinal);
        if (json[value].Kind == JsonKind.Object && !tensors.IsBytes(value))
        {
            foreach (var (alias, spec) in signature.Inputs)
            {
                int member = json.Find(value, alias);
                if (member < 0)
                    throw ServingException.Invalid($"Missing named input: {alias} in 'inputs' object.");
                inputs[alias] = tensors.Read(alias, spec, member);
            }

            return inputs;
        }

        if (signature.Inputs.Count != 1)
        {
            throw ServingException.Invalid(
                $"inputs is a plain value/list, but expecting an object as multiple input tensors required as per tensorinfo_map; keys must be: {Keys(signature)}");
        }

        var (only, type) = signature.Inputs.First();
        inputs[only] = tensors.Read(only, type, value);
        return inputs;
    }

    private static void Rows(JsonText text, IReadOnlyDictionary<string, Literal> outputs)
    {
        long rows = -1;
        foreach (var (alias, value) in outputs)
        {
            if (value.Type.Shape.Rank == 0)
                throw ServingException.Invalid($"Tensor name: {alias} has no shape information ");
            if (rows >= 0 && value.Type.Shape[0].Value != rows)
                throw ServingException.Invalid($"Tensor name: {alias} has inconsistent batch size: {value.Type.Shape[0]} expecting batch size: {rows}");
            rows = value.Type.Shape[0].Value;
        }

        text.Raw("\"predictions\": ");
        var only = outputs.Count == 1 ? outputs.First() : default;
        if (only.Value is not null)
        {
            text.Tensor(only.Value, 0, 0, IsBytes(only.Key), depth: 1);
            return;
        }

        text.Raw("[");
        for (long row = 0; row < rows; row++)
        {
            text.Raw(row > 0 ? "," : "").Line(2).Raw("{");
            bool isFirst = true;
            foreach (var (alias, value) in outputs)
            {
                text.Raw(isFirst ? "" : ",").Line(3).Raw($"{JsonText.Quoted(alias)}: ");
                text.Tensor(value, 1, row * (value.Count / rows), IsBytes(alias), depth: 3);
                isFirst = false;
            }

            text.Line(2).Raw("}");
        }

        if (rows > 0)
            text.Line(1);
        text.Raw("]");
    }

    private static void Columns(JsonText text, IReadOnlyDictionary<string, Literal> outputs)
    {
        text.Raw("\"outputs\": ");
        var only = outputs.Count == 1 ? outputs.First() : default;
        if (only.Value is not null)
        {
            text.Tensor(only.Value, 0, 0, IsBytes(only.Key), depth: 1);
            return;
        }

        text.Raw("{");
        bool isFirst = true;
        foreach (var (alias, value) in outputs)
        {
            text.Raw(isFirst ? "" : ",").Line(2).Raw($"{JsonText.Quoted(alias)}: ");
            text.Tensor(value, 0, 0, IsBytes(alias), depth: 2);
            isFirst = false;
        }

        text.Line(1).Raw("}");
    }

    private static bool IsBytes(string alias) => alias.EndsWith("_bytes", StringComparison.Ordinal);

    private static string Keys(ServableSignature signature) => string.Join(',', signature.Inputs.Keys.Order(StringComparer.Ordinal));
}
