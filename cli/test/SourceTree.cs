namespace Argosy.Cli.Tests;

/// <summary>Copies of this repository to build in.</summary>
internal static class SourceTree
{
    /// <summary>The repository that these tests belong to.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>A copy of all that the launcher builds from.</summary>
    public static string Copy(string target)
    {
        foreach (var file in Directory.EnumerateFiles(Repository, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            var relative = Path.GetRelativePath(Repository, file);
            if (IsNeeded(relative)) CopyFile(file, Path.Combine(target, relative));
        }

        return target;
    }

    /// <summary>Adds a build that the launcher has made, as its newest; false where the program is none of those.</summary>
    public static bool TryAddBuild(string tree, string program)
    {
        var build = Path.GetDirectoryName(program)!;
        var current = Path.Combine(build, "..", "current");
        if (!File.Exists(Path.Combine(build, "started")) || !File.Exists(current)) return false;
        var store = Path.Combine(tree, "artifacts", "launcher");
        var copy = Path.Combine(store, Path.GetFileName(build));
        foreach (var file in Directory.EnumerateFiles(build, "*", SearchOption.AllDirectories))
            CopyFile(file, Path.Combine(copy, Path.GetRelativePath(build, file)));
        File.WriteAllText(Path.Combine(copy, "started"), ""); // Newer than the sources, which were copied before.
        File.WriteAllLines(Path.Combine(store, "current"), [Path.GetFileName(build), .. File.ReadAllLines(current).Skip(1)]);
        return true;
    }

    /// <summary>The launcher beside a program of a few lines, which builds quickly.</summary>
    public static string Small(string target)
    {
        CopyFile(Path.Combine(Repository, "argosy"), Path.Combine(target, "argosy"));
        CopyFile(Path.Combine(Repository, "global.json"), Path.Combine(target, "global.json"));
        Directory.CreateDirectory(Path.Combine(target, "cli", "src"));
        Directory.CreateDirectory(Path.Combine(target, "frontends", "small", "src"));
        File.WriteAllText(Path.Combine(target, "Directory.Build.props"), "<Project />");
        File.WriteAllText(Path.Combine(target, "cli", "src", "Small.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <AssemblyName>argosy</AssemblyName>
                <UseArtifactsOutput>true</UseArtifactsOutput>
              </PropertyGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(target, "cli", "src", "Program.cs"), """
            using System;
            Console.WriteLine($"{Environment.ProcessId} in {Environment.CurrentDirectory}: {string.Join('|', args)}");
            if (args is ["wait"]) Console.ReadLine();
            return args is ["fail"] ? 7 : 0;
            """);
        return target;
    }

    private static bool IsNeeded(string path) => path.Contains('/', StringComparison.Ordinal)
        ? path.Contains("/src/", StringComparison.Ordinal) && !path.StartsWith("artifacts/", StringComparison.Ordinal)
        : path is "argosy" or "global.json" or "Directory.Build.props" or "Directory.Packages.props" or "NuGet.config" or "nuget.config";

    private static void CopyFile(string file, string copy)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(file, copy);
    }

    private static string FindRepository()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
            if (File.Exists(Path.Combine(folder, "Argosy.slnx"))) return folder;
        throw new InvalidOperationException("The tests run from within the repository");
    }
}
