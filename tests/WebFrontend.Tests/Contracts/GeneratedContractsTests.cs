namespace Webphone.WebFrontend.Tests.Contracts;

public class GeneratedContractsTests
{
    private static readonly string[] File = ["WebFrontend", "ClientApp", "src", "hub", "contracts.gen.ts"];

    [Fact]
    public void The_browsers_types_are_those_of_the_server()
    {
        var path = Path.Combine([RootFolder(), .. File]);
        var current = TypeScriptWriter.Write();
        if (Environment.GetEnvironmentVariable("UPDATE_CONTRACTS") == "1")
            System.IO.File.WriteAllText(path, current);
        var kept = System.IO.File.Exists(path) ? System.IO.File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        Assert.True(kept == current, $"{Path.Combine(File)} is not what the C# contracts say: run UPDATE_CONTRACTS=1 ./test WebFrontend.Tests and commit it.");
    }

    private static string RootFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Webphone.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests run outside the repository.");
    }
}
