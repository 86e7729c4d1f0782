import java.nio.file.Path;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;

/** Serves one Neo4j home over Bolt until SIGTERM, or until whoever started it is gone: then standard input ends. */
public class Server {
    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        DatabaseManagementService dbms = new DatabaseManagementServiceBuilder(home)
            .loadPropertiesFromFile(home.resolve("conf/neo4j.conf"))
            .build();
        Runtime.getRuntime().addShutdownHook(new Thread(dbms::shutdown));
        if (!dbms.database("neo4j").isAvailable(60_000)) {
            System.err.println("the database did not become available");
            System.exit(1);
        }
        System.out.println("ready");
        while (System.in.read() != -1) {
        }
        System.exit(0);
    }
}
