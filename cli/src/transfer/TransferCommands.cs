namespace Argosy.Cli.Transfer;

/// <summary>The commands that talk to a server.</summary>
internal static class TransferCommands
{
    /// <summary>What people come for: lines to copy, by command. Shown below its help.</summary>
    public static IReadOnlyDictionary<string, string[]> Examples { get; } = new Dictionary<string, string[]>
    {
        ["argosy put"] =
        [
            "argosy put report.pdf argosy://alex@host/             into the home",
            "argosy put *.jpg argosy://alex@host/photos/           several, into a folder",
            "argosy put -r photos argosy://alex@host/              a folder with all that is in it",
            "pg_dump base | argosy put - argosy://alex@host/base.sql",
        ],
        ["argosy get"] =
        [
            "argosy get argosy://alex@host/report.pdf              into this folder",
            "argosy get argosy://alex@host/report.pdf old.pdf      under another name",
            "argosy get 'argosy://alex@host/photos/*.jpg' pictures/  several",
            "argosy get -r argosy://alex@host/photos               a folder with all that is in it",
            "argosy get argosy://alex@host/base.sql - | psql base",
        ],
        ["argosy ls"] =
        [
            "argosy ls -l argosy://alex@host/photos",
            "argosy ls --json argosy://host/ | jq -r .name         without a login",
        ],
        ["argosy uploads"] =
        [
            "argosy uploads argosy://alex@host/                    what was cut and can go on",
            "argosy uploads argosy://alex@host/ --discard          forget all of it",
        ],
        ["argosy shell"] =
        [
            "argosy shell argosy://alex@host/                      interactive; help lists its commands",
            "argosy shell argosy://alex@host/photos                beginning in a folder",
            "argosy shell argosy://alex@host/ < nightly.txt        a script: ends at the first failure, with its exit code",
            "echo 'get -r photos' | argosy shell argosy://alex@host/",
        ],
        ["argosy stat"] = ["argosy stat argosy://alex@host/report.pdf"],
        ["argosy hash"] = ["argosy hash --algorithm md5 argosy://alex@host/report.pdf"],
        ["argosy mkdir"] = ["argosy mkdir -p argosy://alex@host/photos/2026/may"],
        ["argosy rm"] =
        [
            "argosy rm argosy://alex@host/report.pdf",
            "argosy rm -r argosy://alex@host/photos                a folder with all that is in it",
        ],
        ["argosy mv"] =
        [
            "argosy mv argosy://alex@host/report.pdf final.pdf     in the same folder",
            "argosy mv argosy://alex@host/report.pdf /archive/     into another one",
        ],
    };

    /// <summary>All of them, by the word that users type: each is made when it is needed.</summary>
    public static IReadOnlyList<VerbFactory> All { get; } =
    [
        new("put", PutCommand.Create),
        new("get", GetCommand.Create),
        new("ls", ListCommand.Create),
        new("stat", StatCommand.Create),
        new("hash", HashCommand.Create),
        new("mkdir", MakeFolderCommand.Create),
        new("rm", RemoveCommand.Create),
        new("mv", RenameCommand.Create),
        new("uploads", UploadsCommand.Create),
    ];
}
