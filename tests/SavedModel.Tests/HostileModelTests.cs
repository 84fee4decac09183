using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace TensorGraph.Tests;

/// <summary>A damaged or hostile model is TG1006 and never a crash or a wrong answer.</summary>
public sealed class HostileModelTests : TemporaryFolder
{
    private static readonly Dictionary<string, Tensor> s_inputs = new() { ["x"] = 2f };

    private string Model()
    {
        SavedModel.Save(At("m"), [new("add", GraphFunction.Of(new Counter().Add).GetConcreteFunction(TensorSpec.Parse("f32[]")))]);
        return At("m");
    }

    private static void Fails(string model, params string[] facts) => Expect.Error(DiagnosticIds.BadData, () => SavedModel.Load(model), facts);

    private static void FailsOrIsTheSame(string model, string what)
    {
        try
        {
            Assert.Equal(3, SavedModel.Load(model).Signatures["add"].Call(s_inputs)["output_0"].Item<float>());
        }
        catch (GraphException fault)
        {
            Assert.True(fault.Id == DiagnosticIds.BadData, $"{what}: {fault}");
        }
    }

    [Fact]
    public void Every_byte_may_be_flipped_and_every_file_cut_short_anywhere()
    {
        string model = Model();
        foreach (string file in Directory.GetFiles(model, "*", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(file);
            for (int i = 0; i < bytes.Length; i++)
            {
                // By turns another character, and what is no character.
                byte[] flipped = [.. bytes];
                flipped[i] ^= (byte)(i % 2 == 0 ? 1 : 0x80);
                File.WriteAllBytes(file, flipped);
                FailsOrIsTheSame(model, $"{file}, byte {i} flipped");
                File.WriteAllBytes(file, bytes[..i]);
                FailsOrIsTheSame(model, $"{file}, cut to {i}");
            }

            File.WriteAllBytes(file, [.. bytes, 0]);
            Fails(model);
            File.Delete(file);
            Fails(model);
            File.WriteAllBytes(file, bytes);
        }

        FailsOrIsTheSame(model, "as it was");
    }

    [Fact]
    public void A_later_version_says_so()
    {
        string manifest = Path.Combine(Model(), "saved_model.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"format_version\": 1", "\"format_version\": 2", StringComparison.Ordinal));
        Fails(At("m"), "it has format version 2");
    }

    [Fact]
    public void A_description_that_does_not_fit_its_files_is_refused()
    {
        Changed(model => model["content"] = "../m", "its content can't be in '../m'");
        Changed(model => model["files"]![0]!["name"] = "../../words", "'../../words'");
        Changed(model => model["files"]![0]!["name"] = "/etc/passwd", "'/etc/passwd'");
        Changed(model => model["files"]![0]!["bytes"] = 1, "bytes, and not 1");
        Changed(model => model["files"]!.AsArray().Add(model["files"]![0]!.DeepClone()), "listed twice");
        Changed(model => model["signatures"]![0]!["graph"] = "graphs/7.tg", "it has no file 'graphs/7.tg'");
        Changed(model => model["signatures"]![0]!["method"] = "guess", "method 'guess'");
        Changed(model => model["signatures"]![0]!["inputs"]![0]!["dtype"] = "i32", "'x' of signature 'add' is i32[], and f32[] in its graph");
        Changed(model => model["signatures"]![0]!["inputs"] = new JsonArray(), "lists 0 tensors");
        Changed(model => model["signatures"]![0]!["variables"] = new JsonArray(), "does not say which variable");
        Changed(model => model["signatures"]![0]!["variables"]!.AsArray().Add("count"), "lists 2 variables");
        Changed(model => model["signatures"]!.AsArray().Add(model["signatures"]![0]!.DeepClone()), "two signatures are called 'add'");
        Changed(model => model["variables"]![0]!["name"] = "other", "'other' is not in its file");
        Changed(model => model["variables"] = new JsonArray(), "its file of variables has 1");
        Changed(model => model["signatures"]!.AsArray().Add(null), "null");
        Changed(model => model["more"] = 1, "can't be read: more, line 1, byte ");
        Changed(model => model["files"] = null, "can't be read: files, line 1, byte ");
        Changed(model => model["signatures"]![0]!["inputs"] = null, "can't be read: signatures[0].inputs, line 1, byte ");
        Changed(model => model["signatures"]![0]!["inputs"] = 1, "something is missing here, or is not what it should be");
        Changed(model => model["signatures"]![0]!.AsObject().Remove("outputs"), "can't be read: signatures[0], line 1, byte ");
    }

    [Fact]
    public void A_graph_that_does_not_fit_is_refused()
    {
        Changed("variables { @count: f32[] }\ngraph Add(%x: f32[]) {\n  host_call %x {fn=@f}\n  return %x\n}\n", "graphs/0.tg");
        Changed("graph Add(%x: f32[]) {", "can't be used");
        Changed("variables { @count: f32[2] }\ngraph Add(%x: f32[]) {\n  return %x\n}\n", "'count' is f32[], and f32[2] in the graph");
        Changed("functions { @f }\nvariables { @count: f32[] }\ngraph Add(%x: f32[]) {\n  host_call %x {fn=@f}\n  return %x\n}\n", "calls C# code");
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        string file = Path.Combine(ContentOf(Model()), "graphs", "0.tg");
        File.Move(file, At("graph"));
        File.CreateSymbolicLink(file, At("graph"));
        Fails(At("m"), "is a link");
    }

    [Fact]
    public async Task What_is_no_regular_file_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return;
        string model = Model();
        foreach (string file in Directory.GetFiles(model, "*", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(file);
            File.Delete(file);
            NamedPipe.Make(file);
            await RefusesAsync(file);
            using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            {
                string name = At("s");
                socket.Bind(new UnixDomainSocketEndPoint(name));
                File.Move(name, file);
                await RefusesAsync(file);
            }

            File.WriteAllBytes(file, bytes);
        }

        FailsOrIsTheSame(model, "as it was");

        async Task RefusesAsync(string file)
        {
            // The limit is for a test that would never end.
            await Task.Run(() => Fails(model, $"{Path.GetFileName(file)}' is no regular file")).WaitAsync(TimeSpan.FromMinutes(1));
            File.Delete(file);
        }
    }

    [Fact]
    public void A_device_is_no_regular_file()
    {
        if (!File.Exists("/dev/zero"))
            return;
        Assert.False(RegularFile.IsOne("/dev/zero"));
        string link = At("link");
        File.CreateSymbolicLink(link, "/dev/zero");
        Assert.False(RegularFile.IsOne(link));
        File.WriteAllBytes(At("empty"), []);
        Assert.True(RegularFile.IsOne(At("empty")));
    }

    [Fact]
    public void A_description_that_no_array_holds_is_refused()
    {
        string model = Model();
        using (var file = File.OpenWrite(Path.Combine(model, "saved_model.json")))
            file.SetLength(3L << 30);
        Fails(model, "has 3221225472 bytes");
    }

    [Fact]
    public void Saves_to_one_new_folder_at_a_time_all_end_well()
    {
        for (int i = 0; i < 10; i++)
        {
            string path = At($"together{i}");
            Parallel.For(0, 3, _ => SavedModel.Save(path, [new("add", GraphFunction.Of(new Counter().Add).GetConcreteFunction(TensorSpec.Parse("f32[]")))]));
            Assert.Equal(["add"], SavedModel.Load(path).Signatures.Keys);
            Assert.Equal([path], Directory.GetDirectories(At("."), $"together{i}*").Select(Path.GetFullPath));
            Assert.Single(Directory.GetDirectories(path));
        }
    }

    [Fact]
    public async Task A_save_replaces_a_model_whose_description_is_a_pipe()
    {
        if (OperatingSystem.IsWindows())
            return;
        string file = Path.Combine(Model(), "saved_model.json");
        File.Delete(file);
        NamedPipe.Make(file);
        await Task.Run(Model).WaitAsync(TimeSpan.FromMinutes(1));
        FailsOrIsTheSame(At("m"), "saved again");
    }

    [Fact]
    public void A_description_that_is_no_JSON_is_refused_with_the_place()
    {
        string file = Path.Combine(Model(), "saved_model.json");
        foreach (var (text, fact) in new[]
        {
            ("", "line 1, byte 1: it is no JSON from here on"), ("{\n \"format_version\": 1,\n}", "line 3, byte 1: it is no JSON from here on"),
            ("{\"format_version\": 1, \"format_version\": 1}", "a name is there twice"), ("[]", "it has no format_version"), ("{\"format_version\": \"1\"}", "it has no format_version"),
        })
        {
            File.WriteAllText(file, text);
            var fault = Expect.Error(DiagnosticIds.BadData, () => SavedModel.Load(At("m")), fact);
            Assert.DoesNotContain("LineNumber", fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_folder_without_a_model_is_refused()
    {
        Fails(At("missing"), "it does not exist");
        Fails(At(), "it does not exist");
        Fails("", "load_model");
    }

    // A description with the checksum that it needs.
    private void Changed(Action<JsonNode> change, string fact)
    {
        string file = Path.Combine(Model(), "saved_model.json");
        var root = JsonNode.Parse(File.ReadAllText(file))!;
        change(root["model"]!);
        string model = root["model"]!.ToJsonString();
        string sum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(model)));
        File.WriteAllText(file, $$"""{"format_version":1,"model":{{model}},"sha256":"{{sum}}"}""");
        Fails(At("m"), fact);
        Directory.Delete(At("m"), recursive: true);
    }

    private void Changed(string graph, string fact)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(graph);
        Changed(
            model =>
            {
                var entry = model["files"]!.AsArray().Single(entry => (string)entry!["name"]! == "graphs/0.tg")!;
                entry["bytes"] = bytes.Length;
                entry["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes));
                File.WriteAllBytes(Path.Combine(At("m"), (string)model["content"]!, "graphs", "0.tg"), bytes);
            },
            fact);
    }
}
