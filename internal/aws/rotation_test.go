package aws

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestRotationTypes(t *testing.T) {
	if len(RotationTypes()) != 16 {
		t.Errorf("%d types, want 16", len(RotationTypes()))
	}
	if !slices.IsSortedFunc(RotationTypes(),
		func(a, b RotationType) int { return cmp.Compare(a.Name, b.Name) }) {
		t.Error("not sorted")
	}
	version := regexp.MustCompile(`^1\.1\.\d{3}$`)
	for _, want := range RotationTypes() {
		got, ok := RotationTypeNamed(want.Name)
		if !ok || got.Application != want.Application {
			t.Errorf("RotationTypeNamed(%q) = %+v, %v", want.Name, got, ok)
		}
		strategy := "SingleUser"
		if want.MultiUser {
			strategy = "MultiUser"
		}
		if !strings.HasSuffix(want.Name, strategy) ||
			!strings.HasSuffix(want.Application, "Rotation"+strategy) {
			t.Errorf("%s: MultiUser %v, application %s", want.Name, want.MultiUser,
				want.Application)
		}
		if want.NeedsSuperuser != (want.MultiUser || want.Engine == "db2") {
			t.Errorf("%s: NeedsSuperuser %v", want.Name, want.NeedsSuperuser)
		}
		if want.NeedsDBName != (want.Engine == "oracle") {
			t.Errorf("%s: NeedsDBName %v", want.Name, want.NeedsDBName)
		}
		if want.Engines[0] != want.Engine || want.Port == 0 {
			t.Errorf("%s: %s in %v, port %d", want.Name, want.Engine, want.Engines, want.Port)
		}
		for _, partition := range []string{"aws", "aws-cn", "aws-us-gov"} {
			if !version.MatchString(want.Versions[partition]) {
				t.Errorf("%s: version in %s is %q", want.Name, partition, want.Versions[partition])
			}
		}
		if len(want.Versions) != 3 {
			t.Errorf("%s: %d versions", want.Name, len(want.Versions))
		}
	}
	for _, name := range []string{"", "mysqlSingleUser", "MySQL"} {
		if _, ok := RotationTypeNamed(name); ok {
			t.Errorf("there is no %q", name)
		}
	}
}

// The rows are those of aws-facts §4c, written by application.
func TestApplications(t *testing.T) {
	const table = `
SecretsManagerRDSMariaDBRotationSingleUser 1.1.670 1.1.442 1.1.383 mariadb 3306
SecretsManagerRDSMariaDBRotationMultiUser 1.1.670 1.1.441 1.1.383 mariadb 3306
SecretsManagerRDSMySQLRotationSingleUser 1.1.671 1.1.440 1.1.384 mysql|aurora-mysql 3306
SecretsManagerRDSMySQLRotationMultiUser 1.1.671 1.1.440 1.1.383 mysql|aurora-mysql 3306
SecretsManagerRDSOracleRotationSingleUser 1.1.671 1.1.441 1.1.382 oracle 1521
SecretsManagerRDSOracleRotationMultiUser 1.1.671 1.1.441 1.1.383 oracle 1521
SecretsManagerRDSPostgreSQLRotationSingleUser 1.1.671 1.1.440 1.1.383 postgres|aurora-postgresql 5432
SecretsManagerRDSPostgreSQLRotationMultiUser 1.1.671 1.1.440 1.1.383 postgres|aurora-postgresql 5432
SecretsManagerRDSSQLServerRotationSingleUser 1.1.670 1.1.441 1.1.383 sqlserver 1433
SecretsManagerRDSSQLServerRotationMultiUser 1.1.671 1.1.441 1.1.384 sqlserver 1433
SecretsManagerRedshiftRotationSingleUser 1.1.671 1.1.441 1.1.383 redshift 5439
SecretsManagerRedshiftRotationMultiUser 1.1.671 1.1.440 1.1.383 redshift 5439
SecretsManagerMongoDBRotationSingleUser 1.1.671 1.1.440 1.1.384 mongo 27017
SecretsManagerMongoDBRotationMultiUser 1.1.671 1.1.441 1.1.384 mongo 27017
SecretsManagerRDSDb2RotationSingleUser 1.1.271 1.1.242 1.1.222 db2 50000
SecretsManagerRDSDb2RotationMultiUser 1.1.272 1.1.240 1.1.223 db2 50000`
	rows := strings.Split(strings.TrimSpace(table), "\n")
	for _, row := range rows {
		f := strings.Fields(row)
		i := slices.IndexFunc(RotationTypes(),
			func(r RotationType) bool { return r.Application == f[0] })
		if i < 0 {
			t.Errorf("no rotation type has the application %s", f[0])
			continue
		}
		r := RotationTypes()[i]
		got := []string{r.Versions["aws"], r.Versions["aws-cn"], r.Versions["aws-us-gov"],
			strings.Join(r.Engines, "|")}
		if !slices.Equal(got, f[1:5]) {
			t.Errorf("%s: %v, want %v", f[0], got, f[1:5])
		}
		if f[5] != strconv.Itoa(r.Port) {
			t.Errorf("%s: port %d, want %s", f[0], r.Port, f[5])
		}
	}
	if len(rows) != len(RotationTypes()) {
		t.Errorf("%d rows for %d types", len(rows), len(RotationTypes()))
	}
}

func TestApplicationARN(t *testing.T) {
	for partition, want := range map[string]string{
		"aws":        "arn:aws:serverlessrepo:us-east-1:297356227824:applications/X",
		"aws-cn":     "arn:aws-cn:serverlessrepo:cn-north-1:193023089310:applications/X",
		"aws-us-gov": "arn:aws-us-gov:serverlessrepo:us-gov-west-1:023102451235:applications/X",
		"aws-iso":    "",
		"":           "",
	} {
		got, ok := ApplicationARN(partition, "X")
		if got != want || ok != (want != "") {
			t.Errorf("ApplicationARN(%q) = %q, %v, want %q", partition, got, ok, want)
		}
		if _, err := ParseARN(got); ok && err != nil {
			t.Errorf("%s: %v", got, err)
		}
	}
}

func TestRotationActionsExist(t *testing.T) {
	for _, action := range RotationExecution {
		info, ok := SecretsManagerAction(action)
		if !ok || info.NoResource {
			t.Errorf("%s: %+v, %v", action, info, ok)
		}
	}
	for _, list := range [][]Action{RotationExecution, LambdaVPCAccess} {
		if !slices.IsSorted(list) {
			t.Errorf("%v is not sorted", list)
		}
	}
}

func TestWhatRotationExcludesIsPartOfWhatBreaksConnections(t *testing.T) {
	for _, r := range RotationExcludeCharacters {
		if !strings.ContainsRune(ConnectionBreakers, r) {
			t.Errorf("%q is not in ConnectionBreakers", r)
		}
	}
}
